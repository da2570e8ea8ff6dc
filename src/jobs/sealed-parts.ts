import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Fields } from '#platform/plugin/peer.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import { newEnvelope, unseal } from '#platform/secret/seal.ts';

const Sealed = z.object({ parts: z.base64() });
const Parts = z.record(z.string(), z.record(z.string(), z.unknown()).nullable());

/** The parts of a job by the names of its tasks, sealed: a plugin may put into them what it was told in confidence. */
type Seal = (plugin: string, names: readonly string[]) => string;

/** @param parts in the order of the names that they get later, undefined for the whole */
export async function sealParts(key: MasterKey, parts: readonly (Fields | undefined)[]): Promise<Seal> {
  const envelope = await newEnvelope(key);
  return (plugin, names) => {
    const named = Object.fromEntries(names.map((name, at) => [name, parts[at] ?? null]));
    return Buffer.from(envelope.seal(JSON.stringify(named), bindingOf(plugin))).toString('base64');
  };
}

/** Whether a job's plan says what its tasks are to collect. */
export function hasParts(plan: unknown): boolean {
  return Sealed.safeParse(plan).success;
}

/**
 * What a task is to collect; undefined for the whole.
 *
 * @param plan of its job
 * @throws CollectError `secret_rejected` where the master key is gone that sealed it, `not_found` for a job without parts
 */
export async function openPart(
  key: MasterKey,
  plan: unknown,
  { plugin, task }: { readonly plugin: string; readonly task: string },
): Promise<Fields | undefined> {
  const sealed = Sealed.safeParse(plan);
  const text = sealed.success ? await unseal(Buffer.from(sealed.data.parts, 'base64'), bindingOf(plugin), key) : '{}';
  const part = Parts.parse(JSON.parse(text))[task];
  if (part !== undefined) return part ?? undefined;
  throw new CollectError('not_found', 'nobody knows what this task was to collect', {
    where: task,
    fix: `fleetgauge collector run ${plugin}`,
  });
}

function bindingOf(plugin: string): string {
  return `parts of plugin ${plugin}`;
}
