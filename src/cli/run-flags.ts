import { type Command, InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { RunOptions } from '#jobs/options.ts';
import { CollectError } from '#model/errors.ts';
import { metricsOfAny, type ResourceType, serverType } from '#model/resource-type.ts';
import { statistics } from '#model/statistic.ts';
import { lastDays } from '#model/window.ts';
import { parseList } from './parse-list.ts';

export interface RunFlags {
  readonly regions?: string[];
  readonly filter?: string;
  readonly types?: string[];
  readonly days?: number;
  readonly stat?: string[];
  readonly metrics?: string[];
  readonly concurrency?: number;
  readonly maxCost?: number;
  readonly yes?: boolean;
  readonly overBudget?: boolean;
}

export function addRunFlags(command: Command): Command {
  return command
    .option('--regions <list>', 'comma-separated; all that are enabled where absent', parseList)
    .option('--types <list>', 'of resources, such as server,rds_instance; servers where absent', parseList)
    .option('--days <n>', 'whole UTC days that the window covers; where absent as set in the console, or 14', number)
    .option(
      '--stat <list>',
      `out of ${statistics.join(', ')}; avg and max are always there, others as set in the console`,
      parseList,
    )
    .option('--metrics <list>', 'such as cpu.utilization,memory.usage; all that the types have where absent', parseList)
    .option(
      '--concurrency <n>',
      'calls in flight per account and region; where absent as set in the console, or 12',
      number,
    )
    .option('--max-cost <usd>', 'stop before the run can cost more; agrees to a plan below it', number)
    .option('-y, --yes', 'agree to the plan');
}

/** For commands that know an inventory. */
export function addFilter(command: Command): Command {
  return command.option(
    '--filter <query>',
    "only servers of the inventory that fit, such as 'provider:aws cpu.p95:<5'; they are chosen once, when the run is planned",
  );
}

/** For commands that store what they read. */
export function addOverBudget(command: Command): Command {
  return command.option(
    '--over-budget',
    'let this run pass the budget; only --max-cost, or else its plan, holds it then',
  );
}

type HasTypes = { readonly name: string; readonly types: readonly ResourceType[] };

/**
 * @param providers of the accounts that the run reads
 * @throws CollectError `invalid_input` naming the option and what it may be
 */
export function runOptionsFrom(
  flags: RunFlags,
  providers: readonly HasTypes[],
  accounts: readonly string[] = [],
): RunOptions {
  const types = flags.types ?? [serverType];
  refuseUnknownTypes(types, providers);
  const parsed = RunOptions.safeParse({
    accounts: [...accounts],
    regions: flags.regions,
    filter: flags.filter,
    days: flags.days,
    statistics: flags.stat,
    types,
    metrics: flags.metrics ?? metricsOfAny(providers, types),
    concurrency: flags.concurrency,
    maxCost: flags.maxCost,
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const option = flagOf[String(issue?.path[0])] ?? '';
  throw new CollectError('invalid_input', `${option}: ${explain(issue, flags)}`, {
    fix: 'fleetgauge help scan lists the options',
  });
}

/** @throws CollectError `invalid_input` for a type that none of the providers has */
function refuseUnknownTypes(types: readonly string[], providers: readonly HasTypes[]): void {
  const known = new Set(providers.flatMap((provider) => provider.types.map(({ id }) => id)));
  const unknown = types.find((type) => !known.has(type));
  if (unknown === undefined && types.length > 0) return;
  const names = [...new Set(providers.map(({ name }) => name))].join(' or ');
  throw new CollectError(
    'invalid_input',
    unknown === undefined ? '--types: names none' : `--types: '${unknown}' is not a type of ${names}`,
    { fix: `one or more of ${[...known].join(', ')}` },
  );
}

const flagOf: Readonly<Record<string, string>> = {
  regions: '--regions',
  filter: '--filter',
  days: '--days',
  statistics: '--stat',
  metrics: '--metrics',
  concurrency: '--concurrency',
  maxCost: '--max-cost',
};

/** What is wrong with a value, and what it may be. */
function explain(issue: z.core.$ZodIssue | undefined, { stat, metrics, regions }: RunFlags): string {
  const lists: Readonly<Record<string, readonly string[] | undefined>> = { statistics: stat, metrics, regions };
  const [name, at] = issue?.path ?? [];
  const given = typeof at === 'number' ? `'${lists[String(name)]?.[at]}' ` : '';
  if (issue?.code === 'invalid_value') return `${given}is not one of ${issue.values.join(', ')}`;
  return given + (issue?.message ?? 'malformed');
}

/** @param now epoch milliseconds */
export function wantedFrom({ days, statistics, metrics, types }: RunOptions, now: number) {
  return { keys: metrics, types, statistics, window: lastDays(days, now) };
}

function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || Number.isNaN(value)) throw new InvalidArgumentError('It has to be a number.');
  return value;
}
