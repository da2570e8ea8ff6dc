import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Resource } from '#model/resource.ts';

/** One part of a collection, as `Job.get_tasks` hands it out: a region, or one of several equal parts of a large one. */
export const TaskOptions = z.strictObject({
  provider: z.string(),
  account: z.string(),
  region: z.string(),
  part: z.strictObject({ number: z.int().min(0), of: z.int().min(1).max(1000) }).optional(),
});
export type TaskOptions = z.infer<typeof TaskOptions>;

/** Absent or empty: all of the account. @throws CollectError `invalid_input` for task options that are not ours */
export function parseTaskOptions(input: object | undefined): TaskOptions | undefined {
  if (input === undefined || Object.keys(input).length === 0) return undefined;
  const parsed = TaskOptions.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', `task_options: ${parsed.error.issues[0]?.message ?? 'malformed'}`, {
    where: `task_options.${parsed.error.issues[0]?.path.join('.') ?? ''}`,
  });
}

/** Servers of a region beyond which it is cut into parts. */
const serversPerTask = 5000;

/** Every server falls into exactly one task. */
export function tasksOf(provider: string, account: string, region: string, servers: number): TaskOptions[] {
  const of = Math.ceil(servers / serversPerTask);
  if (of <= 1) return [{ provider, account, region }];
  return Array.from({ length: of }, (_, number) => ({ provider, account, region, part: { number, of } }));
}

/** Whether a server belongs to a task. */
export function isInTask({ id }: Resource, { part }: TaskOptions): boolean {
  return part === undefined || hash(id) % part.of === part.number;
}

/** FNV-1a, 32 bits: the same on every worker. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
