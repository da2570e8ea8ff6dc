/** An error as AWS words it; each protocol has its own way of writing it. */
export class ApiError extends Error {
  /** The code that SDKs show as the error's name. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
    this.status = status;
  }
}

/** Services that the simulation speaks, by their name in a credential scope. */
export type ServiceName = 'ec2' | 'sts' | 'monitoring';

/** Why a request was refused, when each service has its own word for it. */
export type Refusal =
  | 'unknown_key'
  | 'bad_signature'
  | 'bad_session_token'
  | 'expired_session'
  | 'clock_skew'
  | 'throttled'
  | 'internal'
  | 'unavailable'
  | 'unknown_action';

const rejected = 'AWS was not able to validate the provided access credentials';
const invalidToken = 'The security token included in the request is invalid';
const mismatch =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.';
const expired = 'The security token included in the request is expired';
const tooSkewed = 'The difference between the request time and the current time is too large.';

type Wording = readonly [code: string, message: string, status: number];

/** The words, as seen from the three services. */
const wordings: Readonly<Record<Refusal, Readonly<Record<ServiceName, Wording>>>> = {
  unknown_key: {
    ec2: ['AuthFailure', rejected, 401],
    sts: ['InvalidClientTokenId', `${invalidToken}.`, 403],
    monitoring: ['UnrecognizedClientException', `${invalidToken}.`, 400],
  },
  bad_session_token: {
    ec2: ['AuthFailure', rejected, 401],
    sts: ['InvalidClientTokenId', `${invalidToken}.`, 403],
    monitoring: ['UnrecognizedClientException', `${invalidToken}.`, 400],
  },
  bad_signature: {
    ec2: ['SignatureDoesNotMatch', mismatch, 403],
    sts: ['SignatureDoesNotMatch', mismatch, 403],
    monitoring: ['SignatureDoesNotMatch', mismatch, 403],
  },
  expired_session: {
    ec2: ['RequestExpired', 'Request has expired.', 400],
    sts: ['ExpiredToken', expired, 403],
    monitoring: ['ExpiredTokenException', expired, 403],
  },
  clock_skew: {
    ec2: ['RequestExpired', 'Request has expired.', 400],
    sts: ['RequestTimeTooSkewed', tooSkewed, 403],
    monitoring: ['RequestTimeTooSkewed', tooSkewed, 403],
  },
  throttled: {
    ec2: ['RequestLimitExceeded', 'Request limit exceeded.', 503],
    sts: ['Throttling', 'Rate exceeded', 400],
    monitoring: ['ThrottlingException', 'Rate exceeded', 400],
  },
  internal: {
    ec2: ['InternalError', 'An internal error has occurred', 500],
    sts: ['InternalFailure', 'An internal error has occurred', 500],
    monitoring: ['InternalServiceError', 'An internal error has occurred', 500],
  },
  unavailable: {
    ec2: ['Unavailable', 'The service is unavailable. Please try again shortly.', 503],
    sts: ['ServiceUnavailable', 'Service is unavailable', 503],
    monitoring: ['ServiceUnavailable', 'Service is unavailable', 503],
  },
  unknown_action: {
    ec2: ['InvalidAction', 'The action is not valid for this web service.', 400],
    sts: ['InvalidAction', 'Could not find operation for version 2011-06-15', 400],
    monitoring: ['UnknownOperationException', 'The requested operation does not exist', 404],
  },
};

/** The error with which a service refuses for that reason. */
export function refuse(service: ServiceName, refusal: Refusal): ApiError {
  return new ApiError(...wordings[refusal][service]);
}
