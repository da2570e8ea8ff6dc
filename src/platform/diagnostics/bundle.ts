import type { Store } from '#store/store.ts';
import { openSecret } from '../secret/accounts.ts';
import type { MasterKey } from '../secret/master-key.ts';
import { leaves } from './leaves.ts';

/** By name, what whoever helps has to know. */
export type Bundle = Readonly<Record<string, unknown>>;

const newestJobs = 20;
/** Shorter texts are words such as a region's, and no secret. */
const shortestSecret = 8;

interface BundleSource {
  readonly store: Store;
  /** Opens the secrets, so that they can be looked for. */
  readonly key: MasterKey;
}

/** What who asks for it knows of the process. */
interface BundleAbout {
  readonly version: string;
  readonly folder?: string;
  readonly checks?: readonly unknown[];
}

/**
 * What may be shown to somebody who helps: nothing that opens anything.
 *
 * @param source undefined where nothing is kept, or where it cannot be opened
 */
export async function collectBundle(
  source: BundleSource | undefined,
  { version, folder, checks }: BundleAbout,
): Promise<Bundle> {
  const bundle = {
    fleetgauge: { version, node: process.versions.node, platform: process.platform, arch: process.arch },
    ...(folder === undefined ? {} : { folder }),
    variables: Object.keys(process.env).filter((name) => /^(FLEETGAUGE|OTEL|AWS|AZURE|GOOGLE)_/.test(name)),
    ...(checks === undefined ? {} : { checks }),
    ...(source === undefined ? {} : await contentOf(source.store)),
  };
  return scrubbed(bundle, await secretsOf(source));
}

async function contentOf(store: Store): Promise<Bundle> {
  const jobs = await store.jobs.list({ limit: newestJobs });
  return {
    database: store.cluster === undefined ? 'embedded' : 'postgresql',
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
async function secretsOf(source: BundleSource | undefined): Promise<string[]> {
  const sealed = source === undefined ? [] : await openSecrets(source);
  const named = Object.entries(process.env).filter(([name]) => /SECRET|TOKEN|PASSWORD|KEY|DATABASE/.test(name));
  return [...sealed.flatMap(leaves), ...named.flatMap(([, value]) => leaves(value))]
    .filter((text) => text.length >= shortestSecret && !/^https?:\/\/[^@]*$/.test(text))
    .toSorted((a, b) => b.length - a.length);
}

async function openSecrets({ store, key }: BundleSource): Promise<unknown[]> {
  const accounts = await store.accounts.list();
  return Promise.all(accounts.map((account) => openSecret(store, key, account).catch(() => undefined)));
}
