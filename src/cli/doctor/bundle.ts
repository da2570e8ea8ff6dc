import { writeFile } from 'node:fs/promises';
import { CollectError } from '#model/errors.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import type { Data, DataPlace } from '../open-data.ts';
import { version } from '../version.ts';
import type { Check } from './check.ts';
import { leaves } from './cloud-checks.ts';

/** By name, what whoever helps has to know. */
export type Bundle = Readonly<Record<string, unknown>>;

const newestJobs = 20;
/** Shorter texts are words such as a region's, and no secret. */
const shortestSecret = 8;

/** What may be shown to somebody who helps: nothing that opens anything. */
export async function collectBundle(
  data: Data,
  { folder, database }: DataPlace,
  checks: readonly Check[],
): Promise<Bundle> {
  const { store } = data;
  const jobs = await store.jobs.list({ limit: newestJobs });
  const bundle = {
    fleetgauge: { version, node: process.versions.node, platform: process.platform, arch: process.arch },
    place: { folder, database: database === undefined ? 'embedded' : new URL(database).protocol.replace(':', '') },
    variables: Object.keys(process.env).filter((name) => /^(FLEETGAUGE|OTEL|AWS|AZURE|GOOGLE)_/.test(name)),
    checks: checks.map(({ name, state, message, fix }) => ({ name, state, message, fix })),
    schema: await store.schema(),
    accounts: (await store.accounts.list()).map(({ name, provider, status }) => ({ name, provider, status })),
    jobs: await Promise.all(
      jobs.map(async ({ id, state, counts, planned, spent, startedAt, finishedAt }) => ({
        ...{ id, state, counts, planned, spent, startedAt, finishedAt },
        tasks: (await store.jobs.get(id)).tasks.map(({ provider, region, state: ended, error, failures }) => ({
          ...{ provider, region, state: ended, error, failures },
        })),
      })),
    ),
    totals: await store.jobs.totals(),
  };
  return scrubbed(bundle, await secretsOf(data));
}

/** @throws CollectError `conflict` where the file is there already */
export async function writeBundle(file: string, bundle: Bundle): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new CollectError('conflict', 'the bundle cannot be written', { where: file, fix: 'name a new file', cause });
  }
}

/** Takes out each secret wherever it stands: an error may have repeated one. */
function scrubbed(bundle: Bundle, secrets: readonly string[]): Bundle {
  return Object.fromEntries(Object.entries(bundle).map(([name, part]) => [name, without(part, secrets)]));
}

function without(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), value);
  if (Array.isArray(value)) return value.map((each) => without(each, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, without(part, secrets)]));
}

/** What must not be in it: all that saved accounts hold, and what the environment has under such names. */
async function secretsOf({ store, key }: Data): Promise<string[]> {
  const sealed = await Promise.all(
    (await store.accounts.list()).map((account) => openSecret(store, key, account).catch(() => undefined)),
  );
  const named = Object.entries(process.env).filter(([name]) => /SECRET|TOKEN|PASSWORD|KEY|DATABASE/.test(name));
  return [...sealed.flatMap(leaves), ...named.flatMap(([, value]) => leaves(value))]
    .filter((text) => text.length >= shortestSecret && !/^https?:\/\/[^@]*$/.test(text))
    .toSorted((a, b) => b.length - a.length);
}
