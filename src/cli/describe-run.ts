import pc from 'picocolors';
import type { Ledger } from '#collect/ledger.ts';
import type { RunPlan } from '#jobs/plan-run.ts';
import type { RegionResult } from '#jobs/run-regions.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import type { Task } from '#store/jobs.ts';
import { nounOf } from './describe-plan.ts';
import { describeExcess, describeSpent } from './describe-spent.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { formatCount, plural } from './format.ts';

/** How the reading of one region ended, as far as people are told. */
export interface ToldResult extends Omit<RegionResult, 'failures'> {
  readonly failures: readonly Pick<RegionResult['failures'][number], 'count' | 'error'>[];
}

/** How a task ended; one that the run did not get to is not done. */
export function resultOfTask({ state, doneServers, counts, failures, error }: Task): ToldResult {
  return {
    state: state === 'PENDING' || state === 'RUNNING' ? 'CANCELED' : state,
    servers: doneServers,
    failed: counts.failed,
    failures,
    ...(error === null ? {} : { error: new CollectError(error.code, error.message, error) }),
  };
}

/**
 * How a run ended, for people: what was read, what was not and why, and what it cost against the plan.
 *
 * @param isResumed the results are of all of the run, plan and ledger of the rest that was left of it
 */
export function describeSummary(
  results: readonly ToldResult[],
  plan: RunPlan,
  ledger: Ledger,
  { isResumed = false } = {},
): string {
  const servers = results.reduce((count, result) => count + result.servers, 0);
  const failed = results.reduce((count, result) => count + result.failed, 0);
  const lines = ledger.lines();
  const retried = lines.reduce((count, line) => count + (line.isBilled ? line.retried : 0), 0);
  const throttled = lines.reduce((count, line) => count + line.throttled, 0);
  const again = [
    retried > 0 ? `${formatCount(retried)} retried` : '',
    throttled > 0 ? `${formatCount(throttled)} throttled` : '',
  ].filter((part) => part !== '');
  const spending = { planned: plan.cost, spent: ledger.spent(), retried };
  const mark = failed === 0 && results.every(({ state }) => state === 'SUCCESS') ? pc.green('✓') : pc.yellow('▲');
  return [
    `${mark} ${plural(servers, nounOf(plan))}${failed > 0 ? `, ${formatCount(failed)} of them not read in full` : ''} · ${isResumed ? 'this time ' : ''}${describeSpent(spending)}${again.length > 0 ? ` (${again.join(', ')})` : ''}`,
    ...describeExcess(spending),
    ...results.flatMap((result) => describeTrouble(result, nounOf(plan))),
  ].join('\n');
}

function describeTrouble({ error, failures }: ToldResult, noun: string): string[] {
  const reports = [
    ...(error === undefined ? [] : [{ ...reportOf(error), count: undefined }]),
    ...failures.map((group) => ({ ...group.error, count: group.count })),
  ];
  return reports.flatMap(({ message, where, fix, count }) => [
    `  ${pc.red('✕')} ${where ?? ''}${count === undefined ? '' : ` (${plural(count, noun)})`}  ${message}`,
    ...(fix === undefined ? [] : [`    fix  ${fix}`]),
  ]);
}

export function exitCodeOfRun(results: readonly ToldResult[]): number {
  if (results.some(({ state }) => state === 'CANCELED')) return exitCodes.interrupted;
  if (results.every(({ state }) => state === 'SUCCESS')) return exitCodes.ok;
  if (!results.every(({ state }) => state === 'FAILURE')) return exitCodes.partial;
  const [first] = results;
  const isOne = results.every(({ error }) => error?.code === first?.error?.code);
  return isOne && first?.error !== undefined ? exitCodeOf(first.error) : exitCodes.failed;
}
