import { setTimeout as delay } from 'node:timers/promises';
import type { Luck } from '../fleet/luck.ts';
import type { Call, Cloud, Request } from './cloud.ts';
import { ApiError, OAuthError } from './errors.ts';
import { type Faults, namesPlace } from './faults.ts';
import { applyFieldMask } from './field-mask.ts';
import { failByLuck } from './gate.ts';
import type { SimProject } from './projects.ts';
import { findRoute, type Route } from './routes.ts';
import type { ServiceName } from './services.ts';

/** An HTTP answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What becomes of a request: an answer, a connection torn down, or silence. */
export type Outcome = Answer | 'reset' | 'hang';

/** Answers one request to any of the APIs, as Google or the faults in force would. Never throws for what a client sent. */
export async function answerGoogle(cloud: Cloud, request: Request): Promise<Outcome> {
  const found = findRoute(request.method, request.url.pathname);
  if (found === undefined) return errorAnswer(new ApiError('NOT_FOUND', 'Method not found.'), undefined);
  const { route, path } = found;
  const project = path.project === undefined ? undefined : cloud.world.findProject(path.project);
  const faults = cloud.faults.current;
  const row = cloud.stats.of(route.operation, project?.id ?? '-');
  const luck = cloud.luckAt(`${route.operation}/${project?.id ?? '-'}`);
  row.calls++;
  const waitMs = faults.latencyMs + faults.latencyJitterMs * luck.draw('latency');
  if (waitMs > 0) await delay(waitMs);
  const fault = interruption(route.service, project, faults, luck);
  if (fault !== undefined) {
    row.failed++;
    return fault;
  }
  return answerCall({ cloud, request, path, project, faults, row }, route, luck);
}

function interruption(
  service: ServiceName,
  project: SimProject | undefined,
  { hanging, malformed, resetRate }: Faults,
  luck: Luck,
): Outcome | undefined {
  const id = project?.id ?? '-';
  if (namesPlace(hanging, service, id)) return 'hang';
  if (luck.draw('reset') < resetRate) return 'reset';
  return namesPlace(malformed, service, id) ? jsonAnswer(200, '{"items":[{"id":"') : undefined;
}

function answerCall(call: Call, route: Route, luck: Luck): Answer {
  const { request, project, faults, row } = call;
  try {
    failByLuck(route.service, project?.number ?? '0', faults, luck);
    const { body, headers = {} } = route.answer(call);
    const { searchParams } = request.url;
    const fields = searchParams.get('fields') ?? searchParams.get('$fields') ?? '';
    const masked = fields !== '' && route.service !== 'metadata';
    const shown = masked ? JSON.stringify(applyFieldMask(JSON.parse(body), fields)) : body;
    return jsonAnswer(200, shown, headers);
  } catch (caught) {
    if (!(caught instanceof ApiError || caught instanceof OAuthError)) throw caught;
    if (isThrottle(caught)) row.throttled++;
    else row.failed++;
    return errorAnswer(caught, route.service);
  }
}

function isThrottle(error: ApiError | OAuthError): boolean {
  return error instanceof ApiError && (error.status === 'RESOURCE_EXHAUSTED' || error.reason === 'rateLimitExceeded');
}

function errorAnswer(error: ApiError | OAuthError, service: ServiceName | undefined): Answer {
  if (error instanceof OAuthError) return jsonAnswer(error.httpStatus, JSON.stringify(error.toJson()));
  return jsonAnswer(error.httpStatus, JSON.stringify(error.toJson(service)), error.headers);
}

function jsonAnswer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, body, headers: { 'content-type': 'application/json; charset=UTF-8', ...headers } };
}
