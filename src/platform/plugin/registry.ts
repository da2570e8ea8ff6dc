import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import { CollectError, reportOf } from '#model/errors.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import type { MasterKey } from '#platform/secret/master-key.ts';
import { newEnvelope, unseal } from '#platform/secret/seal.ts';
import type { Plugin, PluginReach } from '#store/plugins.ts';
import type { Store } from '#store/store.ts';
import { type OpenPlugin, openPlugin, type PluginHost, pluginFolder } from './open-plugin.ts';
import type { Fields } from './peer.ts';
import { redactError } from './redact.ts';
import { secretDataOf } from './secret-data.ts';

/** Where plugins are known, and what opens their secrets. */
export interface PluginRoom {
  readonly store: Store;
  readonly key: MasterKey;
  readonly host: PluginHost;
}

export interface Registration {
  /** Names a folder, too. */
  readonly name: string;
  readonly reach: PluginReach;
  readonly options: Fields;
  /** A saved account by name, or a secret of its own. */
  readonly secret: { readonly account: string } | { readonly data: Fields } | undefined;
}

const Name = z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/);

/**
 * Starts a plugin, waits until it is well, and asks it to `init` and, where it has a secret, to `verify`. It is known from then on.
 *
 * @throws CollectError what stands in the way; then nothing is kept but its log
 */
export async function registerPlugin(room: PluginRoom, wanted: Registration, signal: AbortSignal): Promise<Plugin> {
  const { store, key, host } = room;
  const { reach, options, secret } = wanted;
  const name = parseName(wanted.name);
  const known = (await store.plugins.list()).find((plugin) => plugin.name === name);
  if (known !== undefined) {
    throw new CollectError('conflict', `there is a plugin named ${name}`, { fix: 'Choose another name.' });
  }
  const account = secret !== undefined && 'account' in secret ? secret.account : undefined;
  const own = secret !== undefined && 'data' in secret ? secret.data : undefined;
  const secretData = account === undefined ? (own ?? {}) : await accountSecret(room, account);
  // A package that an attempt before left behind may be another version.
  await rm(packageFolder(host, name), { recursive: true, force: true });
  await using plugin = await openPlugin({ name, reach, secretData }, host);
  const seen = await meet(plugin, { options, secretData }, secret !== undefined, signal);
  const id = randomUUID();
  const envelope = own === undefined ? undefined : await newEnvelope(key);
  const draft = {
    id,
    name,
    reach,
    options,
    ...(account === undefined ? {} : { account }),
    ...seen,
    status: { state: 'OK', at: host.clock.now() },
  } as const;
  return store.plugins.add(draft, envelope?.seal(JSON.stringify(own), bindingOf(id)), host.clock.now());
}

/** As on registration, for a plugin that is known. Notes how it went. @throws CollectError what is wrong with it */
export async function verifyPlugin(room: PluginRoom, known: Plugin, signal: AbortSignal): Promise<Plugin> {
  const { store, host } = room;
  const at = host.clock.now();
  try {
    const secretData = await openPluginSecret(room, known);
    const { name, reach, options } = known;
    await using plugin = await openPlugin({ name, reach, secretData }, host);
    const isSecret = known.hasSecret || known.account !== undefined;
    const seen = await meet(plugin, { options, secretData }, isSecret, signal);
    await store.plugins.update(known.id, { ...seen, status: { state: 'OK', at } });
    return await store.plugins.get(name);
  } catch (caught) {
    const error = CollectError.from(caught);
    await store.plugins.update(known.id, { status: { state: 'FAILED', at, error: reportOf(error) } });
    throw error;
  }
}

/** Forgets a plugin, its secret, its package and its log; what it collected stays. @throws CollectError `not_found` */
export async function removePlugin({ store, host }: PluginRoom, name: string): Promise<void> {
  await store.plugins.remove(name);
  await rm(pluginFolder(host.folder, parseName(name)), { recursive: true, force: true });
}

/** `secret_data`; empty where it has none. @throws CollectError `secret_rejected` where it was sealed with another master key */
export async function openPluginSecret(room: PluginRoom, { id, account, hasSecret }: Plugin): Promise<Fields> {
  if (account !== undefined) return accountSecret(room, account);
  const sealed = hasSecret ? await room.store.plugins.sealedSecret(id) : undefined;
  if (sealed === undefined) return {};
  return z.record(z.string(), z.unknown()).parse(JSON.parse(await unseal(sealed, bindingOf(id), room.key)));
}

async function accountSecret({ store, key }: PluginRoom, name: string): Promise<Fields> {
  const account = await store.accounts.get(name);
  return secretDataOf(account.provider, await openSecret(store, key, account), name);
}

async function meet(
  plugin: OpenPlugin,
  call: { readonly options: Fields; readonly secretData: Fields },
  hasSecret: boolean,
  signal: AbortSignal,
) {
  try {
    using peer = await plugin.connect(signal);
    const metadata = await peer.init(call.options);
    if (hasSecret) await peer.verify(call);
    return { metadata, generation: peer.generation };
  } catch (caught) {
    throw redactError(CollectError.from(caught), plugin.redact);
  }
}

function parseName(name: string): string {
  const parsed = Name.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', 'the name of a plugin has small letters, digits, - and _ alone', {
    where: name,
  });
}

function packageFolder({ folder }: PluginHost, name: string): string {
  return `${pluginFolder(folder, name)}/package`;
}

function bindingOf(id: string): string {
  return `plugin ${id}`;
}
