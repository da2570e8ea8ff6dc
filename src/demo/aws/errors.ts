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
export type ServiceName = keyof typeof protocols;

/** How each service writes: EC2's own query protocol, the one of most others, AWS JSON, REST with JSON, or S3's REST with XML. */
export const protocols = {
  ec2: 'ec2',
  sts: 'query',
  rds: 'query',
  elasticloadbalancing: 'query',
  elasticache: 'query',
  monitoring: 'json',
  lambda: 'rest-json',
  s3: 'rest-xml',
} as const satisfies Record<string, Protocol>;

export type Protocol = 'ec2' | 'query' | 'json' | 'rest-json' | 'rest-xml';

export function isService(name: string): name is ServiceName {
  return Object.hasOwn(protocols, name);
}

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

/** The words, as seen from services of each protocol. */
const wordings: Readonly<Record<Refusal, Readonly<Record<Protocol, Wording>>>> = {
  unknown_key: {
    ec2: ['AuthFailure', rejected, 401],
    query: ['InvalidClientTokenId', `${invalidToken}.`, 403],
    json: ['UnrecognizedClientException', `${invalidToken}.`, 400],
    'rest-json': ['UnrecognizedClientException', `${invalidToken}.`, 403],
    'rest-xml': ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.', 403],
  },
  bad_session_token: {
    ec2: ['AuthFailure', rejected, 401],
    query: ['InvalidClientTokenId', `${invalidToken}.`, 403],
    json: ['UnrecognizedClientException', `${invalidToken}.`, 400],
    'rest-json': ['UnrecognizedClientException', `${invalidToken}.`, 403],
    'rest-xml': ['InvalidToken', 'The provided token is malformed or otherwise invalid.', 400],
  },
  bad_signature: {
    ec2: ['SignatureDoesNotMatch', mismatch, 403],
    query: ['SignatureDoesNotMatch', mismatch, 403],
    json: ['SignatureDoesNotMatch', mismatch, 403],
    'rest-json': ['InvalidSignatureException', mismatch, 403],
    'rest-xml': ['SignatureDoesNotMatch', mismatch, 403],
  },
  expired_session: {
    ec2: ['RequestExpired', 'Request has expired.', 400],
    query: ['ExpiredToken', expired, 403],
    json: ['ExpiredTokenException', expired, 403],
    'rest-json': ['ExpiredTokenException', expired, 403],
    'rest-xml': ['ExpiredToken', 'The provided token has expired.', 400],
  },
  clock_skew: {
    ec2: ['RequestExpired', 'Request has expired.', 400],
    query: ['RequestTimeTooSkewed', tooSkewed, 403],
    json: ['RequestTimeTooSkewed', tooSkewed, 403],
    'rest-json': ['InvalidSignatureException', 'Signature expired', 403],
    'rest-xml': ['RequestTimeTooSkewed', tooSkewed, 403],
  },
  throttled: {
    ec2: ['RequestLimitExceeded', 'Request limit exceeded.', 503],
    query: ['Throttling', 'Rate exceeded', 400],
    json: ['ThrottlingException', 'Rate exceeded', 400],
    'rest-json': ['TooManyRequestsException', 'Rate exceeded', 429],
    'rest-xml': ['SlowDown', 'Please reduce your request rate.', 503],
  },
  internal: {
    ec2: ['InternalError', 'An internal error has occurred', 500],
    query: ['InternalFailure', 'An internal error has occurred', 500],
    json: ['InternalServiceError', 'An internal error has occurred', 500],
    'rest-json': ['ServiceException', 'An internal error has occurred', 500],
    'rest-xml': ['InternalError', 'We encountered an internal error. Please try again.', 500],
  },
  unavailable: {
    ec2: ['Unavailable', 'The service is unavailable. Please try again shortly.', 503],
    query: ['ServiceUnavailable', 'Service is unavailable', 503],
    json: ['ServiceUnavailable', 'Service is unavailable', 503],
    'rest-json': ['ServiceUnavailableException', 'Service is unavailable', 503],
    'rest-xml': ['ServiceUnavailable', 'Service is unable to handle request.', 503],
  },
  unknown_action: {
    ec2: ['InvalidAction', 'The action is not valid for this web service.', 400],
    query: ['InvalidAction', 'Could not find operation for this version', 400],
    json: ['UnknownOperationException', 'The requested operation does not exist', 404],
    'rest-json': ['UnknownOperationException', 'The requested operation does not exist', 404],
    'rest-xml': ['MethodNotAllowed', 'The specified method is not allowed against this resource.', 405],
  },
};

/** The error with which a service refuses for that reason. */
export function refuse(service: ServiceName, refusal: Refusal): ApiError {
  return new ApiError(...wordings[refusal][protocols[service]]);
}
