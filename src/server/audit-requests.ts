import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { statistics } from '#model/statistic.ts';
import { recordAudit } from '#platform/audit/audit.ts';
import { Refusals } from '#platform/audit/refusals.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import type { AuditDraft, AuditOutcome } from '#store/audit.ts';
import type { Store } from '#store/store.ts';

/** What of a request may be told: names, and never what is typed into a field for secrets. */
const text = z.string().optional().catch(undefined);
const ids = z.array(z.int()).optional().catch(undefined);
const Told = z.object({ id: text, key: text, name: text, email: text, ids });
const short = z.string().max(40).exactOptional();
const usd = z.number().nullable().exactOptional();
const Detail = z.object({
  role: short,
  state: short,
  kind: short,
  format: short,
  expires_at: short,
  run_usd: usd,
  month_usd: usd,
  warn_percent: z.number().exactOptional(),
  over_budget: z.boolean().exactOptional(),
  days: z.int().exactOptional(),
  statistics: z.array(z.enum(statistics)).exactOptional(),
  concurrency: z.int().exactOptional(),
  keep_days: z.int().exactOptional(),
  keep_change_days: z.int().exactOptional(),
  keep_job_days: z.int().exactOptional(),
  keep_audit_days: z.int().exactOptional(),
});

/** What became of one of several that a request did the same to. */
export interface AuditedTarget {
  readonly target: string;
  readonly outcome: AuditOutcome;
  readonly detail?: AuditDraft['detail'];
}

declare module 'fastify' {
  interface FastifyRequest {
    /** An entry each; null where a request does one thing, of which its status tells. */
    audited: readonly AuditedTarget[] | null;
  }
}

export interface AuditSource {
  readonly store: Store;
  readonly now: () => number;
}

/**
 * Writes down what routes that are to be audited have done, or refused to do, before it is answered. What nobody knows who was
 * refused is written down once a minute; sign-ins have limits of their own.
 */
export function auditRequests(app: FastifyInstance, { store, now }: AuditSource): void {
  const refusals = new Refusals();
  app.decorateRequest('audited', null);
  app.addHook('onSend', async (request, reply, payload) => {
    const action = request.routeOptions.config.spec?.audit;
    const outcome = outcomeOf(reply.statusCode);
    const isAnonymous = request.caller === null && outcome === 'refused' && action !== 'sign_in';
    const isKnown = isAnonymous && !refusals.isNew(request.ip, `${action}`, now());
    if (action !== undefined && outcome !== undefined && !isKnown) {
      const nobody = await nameOf(request, { store, now });
      const event = whoAndWhat(request, nobody);
      const target = event.target ?? idIn(payload);
      const one = { ...(target === undefined ? {} : { target }), outcome };
      for (const { detail, ...each } of request.audited ?? [{ ...one, detail: {} }]) {
        await recordAudit(store, { ...event, ...each, action, detail: { ...event.detail, ...detail } }, now());
      }
    }
    return payload;
  });
}

/** What was malformed, or about something that is not there, or tried too often, did nothing. */
function outcomeOf(status: number): AuditOutcome | undefined {
  if (status < 400) return 'ok';
  if (status >= 500) return 'failed';
  return status === 401 || status === 403 || status === 409 ? 'refused' : undefined;
}

/** Who somebody says to be that is not known yet: as a user there is, since people type passwords into the wrong field. */
async function nameOf({ caller, body }: FastifyRequest, { store, now }: AuditSource): Promise<string> {
  const email = caller === null ? Told.safeParse(body).data?.email : undefined;
  if (email === undefined) return 'nobody';
  const { id } = await homeDomain(store, now());
  return (await store.identity.userNamed(id, email.toLowerCase()))?.name ?? 'nobody';
}

const Made = z.object({ data: z.object({ id: z.union([z.int(), z.string()]).transform(String) }) });

/** What was made by it, such as a job. */
function idIn(payload: unknown): string | undefined {
  try {
    return typeof payload === 'string' ? Made.safeParse(JSON.parse(payload)).data?.data.id : undefined;
  } catch {
    return undefined;
  }
}

function whoAndWhat(
  { id, caller, ip, params, body }: FastifyRequest,
  nobody: string,
): Omit<AuditDraft, 'action' | 'outcome'> {
  const path: Partial<z.infer<typeof Told>> = Told.safeParse(params).data ?? {};
  const sent: Partial<z.infer<typeof Told>> = Told.safeParse(body).data ?? {};
  const target = path.key ?? path.id ?? sent.name ?? sent.ids?.join(', ');
  const user = caller === null || caller.by === 'place' ? undefined : caller.user;
  const other = caller === null ? nobody : 'local';
  return {
    actor: user?.name ?? other,
    ...(user === undefined ? {} : { actorId: user.id }),
    from: ip,
    ...(target === undefined ? {} : { target }),
    detail: { ...Detail.safeParse(body).data, request_id: id },
  };
}
