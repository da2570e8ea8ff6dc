import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Fleet } from '#model/fleet.ts';
import type { Resource } from '#model/resource.ts';
import type { CollectorOptions } from './options.ts';

/** One part of a collection, as `Job.get_tasks` hands it out: an account, a region of a large one, or one of several equal parts of that. */
export const TaskOptions = z.strictObject({
  provider: z.string(),
  account: z.string(),
  /** Absent for all regions of the account. */
  region: z.string().optional(),
  part: z.strictObject({ number: z.int().min(0), of: z.int().min(1).max(1000) }).optional(),
});
export type TaskOptions = z.infer<typeof TaskOptions>;

/** Absent or empty: the whole. @throws CollectError `invalid_input` for task options that are not ours */
export function parseTaskOptions(input: object | undefined): TaskOptions | undefined {
  if (input === undefined || Object.keys(input).length === 0) return undefined;
  const parsed = TaskOptions.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', `task_options: ${parsed.error.issues[0]?.message ?? 'malformed'}`, {
    where: `task_options.${parsed.error.issues[0]?.path.join('.') ?? ''}`,
  });
}

/** Servers beyond which an account is cut into regions, and a region into parts. */
const serversPerTask = 5000;

/** One task, or as many as make it none too large; every server falls into exactly one. */
export function partsOf(task: TaskOptions, servers: number): TaskOptions[] {
  const of = Math.ceil(servers / serversPerTask);
  return of <= 1 ? [task] : Array.from({ length: of }, (_, number) => ({ ...task, part: { number, of } }));
}

/** Every server of the account falls into exactly one task. @param regions servers by region */
export function tasksOfAccount(provider: string, account: string, regions: ReadonlyMap<string, number>): TaskOptions[] {
  const servers = regions.values().reduce((sum, count) => sum + count, 0);
  if (servers <= serversPerTask) return [{ provider, account }];
  return [...regions].flatMap(([region, count]) => partsOf({ provider, account, region }, count));
}

/** Whether a call is to read a server. @param fleet that it is of */
export function selects(
  resource: Resource,
  options: CollectorOptions,
  task: TaskOptions | undefined,
  fleet: Pick<Fleet, 'accounts'> = {},
): boolean {
  const { accounts, regions, states, tags } = options;
  return (
    (accounts.length === 0 || accounts.includes(resource.account)) &&
    (regions.length === 0 || regions.includes(resource.region)) &&
    (states.length === 0 || states.some((state) => state === resource.state)) &&
    Object.entries(tags).every(([name, value]) => resource.tags[name] === value) &&
    (task === undefined || isInTask(resource, task, fleet))
  );
}

/** The account of a task is that of its fleet: one of several accounts has servers of each. */
function isInTask(
  { id, account, region }: Resource,
  task: TaskOptions,
  { accounts = [task.account] }: Pick<Fleet, 'accounts'>,
): boolean {
  const isThere = accounts.includes(account) && (task.region ?? region) === region;
  return isThere && (task.part === undefined || hash(id) % task.part.of === task.part.number);
}

/** FNV-1a, 32 bits: the same on every worker. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
