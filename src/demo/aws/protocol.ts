import { type ApiError, type Protocol, protocols, type ServiceName } from './errors.ts';
import { element } from './xml.ts';

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** The XML namespace of the service's answers, which its version decides. */
const namespaces: Readonly<Partial<Record<ServiceName, string>>> = {
  ec2: 'http://ec2.amazonaws.com/doc/2016-11-15/',
  sts: 'https://sts.amazonaws.com/doc/2011-06-15/',
  rds: 'http://rds.amazonaws.com/doc/2014-10-31/',
  elasticache: 'http://elasticache.amazonaws.com/doc/2015-02-02/',
  elasticloadbalancing: 'http://elasticloadbalancing.amazonaws.com/doc/2015-12-01/',
};

/** Wraps a result as the service's protocol wants it. */
export function wrapResult(service: ServiceName, action: string, result: string, requestId: string): Answer {
  const namespace = namespaces[service] ?? '';
  switch (protocols[service]) {
    case 'json':
    case 'rest-json':
      return answer(service, 200, result, requestId);
    case 'rest-xml':
      return answer(service, 200, declaration + result, requestId);
    case 'ec2': {
      const body = `<${action}Response xmlns="${namespace}">${element('requestId', requestId)}${result}</${action}Response>`;
      return answer(service, 200, declaration + body, requestId);
    }
    case 'query': {
      const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
      const body = `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>${metadata}</${action}Response>`;
      return answer(service, 200, declaration + body, requestId);
    }
  }
}

/** Words an error as the service's protocol does. CloudWatch adds the code that its old query protocol had. */
export function wrapError(service: ServiceName, error: ApiError, requestId: string): Answer {
  const { code, message, status } = error;
  const words = element('Code', code) + element('Message', message);
  const fault = status < 500 ? 'Sender' : 'Receiver';
  switch (protocols[service]) {
    case 'ec2': {
      const errors = `<Errors><Error>${words}</Error></Errors>${element('RequestID', requestId)}`;
      return answer(service, status, `${declaration}<Response>${errors}</Response>`, requestId);
    }
    case 'query': {
      const body = `<Error>${element('Type', fault)}${words}</Error>${element('RequestId', requestId)}`;
      const namespace = namespaces[service] ?? '';
      return answer(service, status, `<ErrorResponse xmlns="${namespace}">${body}</ErrorResponse>`, requestId);
    }
    case 'json': {
      const body = JSON.stringify({ __type: `com.amazonaws.cloudwatch.v2010_08_01#${code}`, message });
      return answer(service, status, body, requestId, { 'x-amzn-query-error': `${code};${fault}` });
    }
    case 'rest-json':
      return answer(service, status, JSON.stringify({ Type: fault, message }), requestId, { 'x-amzn-errortype': code });
    case 'rest-xml':
      return answer(
        service,
        status,
        `${declaration}<Error>${words}${element('RequestId', requestId)}</Error>`,
        requestId,
      );
  }
}

/** The body that a malformed region sends: it begins well and breaks off. */
export function wrapBroken(service: ServiceName, requestId: string): Answer {
  const isJson = protocols[service].endsWith('json');
  return answer(service, 200, isJson ? brokenJson : `${declaration}<Response><requestId>${requestId}`, requestId);
}

const brokenJson = '{"MetricDataResults":[{"Id":';

const contentTypes: Readonly<Record<Protocol, string>> = {
  ec2: 'text/xml;charset=UTF-8',
  query: 'text/xml;charset=UTF-8',
  json: 'application/x-amz-json-1.0',
  'rest-json': 'application/json',
  'rest-xml': 'application/xml',
};

function answer(
  service: ServiceName,
  status: number,
  body: string,
  requestId: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const headers = { 'content-type': contentTypes[protocols[service]], 'x-amzn-requestid': requestId, ...more };
  return { status, body, headers };
}
