import { setTimeout as delay } from 'node:timers/promises';
import { type AccessReport, type CheckOptions, checkAccess, type OngoingCheck } from '#jobs/check-access.ts';
import type { Target } from '#jobs/targets.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import { accessCheckRow } from './access-reply.ts';
import type { AccessReply, AccessWatch } from './account-api.ts';

/** Between two looks at what a check has come to: four a second are as many as anybody can read. */
const paceMs = 250;

/**
 * A check as it goes on: what each call has come to, whenever that has changed, then the report or why there is none.
 *
 * @param finish what becomes of the report before it is told
 */
export async function* watchAccess(
  target: Target,
  options: CheckOptions,
  finish: (report: AccessReport) => Promise<AccessReply>,
): AsyncGenerator<AccessWatch> {
  let look: (() => readonly OngoingCheck[]) | undefined;
  let changed = Promise.withResolvers<void>();
  const onChange = (now: () => readonly OngoingCheck[]) => {
    look = now;
    changed.resolve();
  };
  let isOver = false;
  const outcome = checkAccess(target, { ...options, onChange })
    .then(finish)
    .then(
      (report): AccessWatch => ({ event: 'report', report }),
      (caught: unknown): AccessWatch => ({ event: 'failure', error: reportOf(CollectError.from(caught)) }),
    )
    .finally(() => {
      isOver = true;
      changed.resolve();
    });
  while (!isOver) {
    await changed.promise;
    changed = Promise.withResolvers();
    if (isOver || look === undefined) continue;
    yield { event: 'progress', checks: look().map((check) => ongoingRow(check, target)) };
    await Promise.race([outcome, delay(paceMs, undefined, { ref: false })]);
  }
  yield await outcome;
}

function ongoingRow({ waiting, ...check }: OngoingCheck, { provider }: Target) {
  const [oldest] = waiting;
  return {
    ...accessCheckRow(check, provider),
    waiting:
      oldest === undefined
        ? null
        : { calls: waiting.length, account: oldest.account, region: oldest.region, ms: Math.round(oldest.tookMs) },
  };
}
