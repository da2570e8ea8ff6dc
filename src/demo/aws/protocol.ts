import type { ApiError, ServiceName } from './errors.ts';
import { element } from './xml.ts';

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** Wraps a result as the service's protocol wants it: EC2 query, AWS query, or AWS JSON 1.0. */
export function wrapResult(service: ServiceName, action: string, result: string, requestId: string): Answer {
  if (service === 'monitoring') return answer(service, 200, result, requestId);
  return answer(service, 200, declaration + wrapXml(service, action, result, requestId), requestId);
}

function wrapXml(service: 'ec2' | 'sts', action: string, result: string, requestId: string): string {
  if (service === 'ec2') {
    const namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
    return `<${action}Response xmlns="${namespace}">${element('requestId', requestId)}${result}</${action}Response>`;
  }
  const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
  const metadata = `<ResponseMetadata>${element('RequestId', requestId)}</ResponseMetadata>`;
  return `<${action}Response xmlns="${namespace}"><${action}Result>${result}</${action}Result>${metadata}</${action}Response>`;
}

/** Words an error as the service's protocol does. CloudWatch adds the code that its old query protocol had. */
export function wrapError(service: ServiceName, error: ApiError, requestId: string): Answer {
  const { code, message, status } = error;
  const words = element('Code', code) + element('Message', message);
  const fault = status < 500 ? 'Sender' : 'Receiver';
  switch (service) {
    case 'ec2': {
      const errors = `<Errors><Error>${words}</Error></Errors>${element('RequestID', requestId)}`;
      return answer(service, status, `${declaration}<Response>${errors}</Response>`, requestId);
    }
    case 'sts': {
      const body = `<Error>${element('Type', fault)}${words}</Error>${element('RequestId', requestId)}`;
      const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
      return answer(service, status, `<ErrorResponse xmlns="${namespace}">${body}</ErrorResponse>`, requestId);
    }
    case 'monitoring': {
      const body = JSON.stringify({ __type: `com.amazonaws.cloudwatch.v2010_08_01#${code}`, message });
      return answer(service, status, body, requestId, { 'x-amzn-query-error': `${code};${fault}` });
    }
  }
}

/** The body that a malformed region sends: it begins well and breaks off. */
export function wrapBroken(service: ServiceName, requestId: string): Answer {
  const body =
    service === 'monitoring' ? '{"MetricDataResults":[{"Id":' : `${declaration}<Response><requestId>${requestId}`;
  return answer(service, 200, body, requestId);
}

function answer(
  service: ServiceName,
  status: number,
  body: string,
  requestId: string,
  more: Readonly<Record<string, string>> = {},
): Answer {
  const type = service === 'monitoring' ? 'application/x-amz-json-1.0' : 'text/xml;charset=UTF-8';
  return { status, body, headers: { 'content-type': type, 'x-amzn-requestid': requestId, ...more } };
}
