import { CollectError } from '#model/errors.ts';
import { type ConnectContext, type Connection, defineProvider } from '#model/provider.ts';
import { statistics } from '#model/statistic.ts';
import { limits } from './catalog.ts';
import { cloudOf } from './cloud-of.ts';
import { createCredential } from './credential.ts';
import { createDiscovery } from './discovery.ts';
import { expiryOf } from './expiry.ts';
import { fleetOf } from './fleet.ts';
import { facts } from './permissions.ts';
import { principalOf } from './principal.ts';
import { type AzureSecret, parseSecret } from './secret.ts';
import { createSend } from './send.ts';
import { listSubscriptions } from './subscriptions.ts';
import { createTokens } from './tokens.ts';
import { resourceTypes } from './types.ts';

/** Microsoft Azure: virtual machines, scale sets, disks and SQL databases, measured by Azure Monitor. */
export const azure = defineProvider({
  id: 'azure',
  name: 'Microsoft Azure',
  types: resourceTypes,
  statistics,
  regionForm: /^[a-z]+\d*$/,
  metricApi: 'monitor:getBatch',
  limits,
  ...facts,
  parseSecret,
  expiry: (secret, context) => expiryOf(parseSecret(secret), context),
  connect,
});

async function connect(input: unknown, context: ConnectContext): Promise<Connection> {
  const secret = parseSecret(input);
  const closing = new AbortController();
  try {
    return { ...(await signInTo(secret, context, closing.signal)), close: () => closing.abort() };
  } catch (caught) {
    closing.abort();
    throw caught;
  }
}

async function signInTo(secret: AzureSecret, { gate, now, signal }: ConnectContext, closing: AbortSignal) {
  const cloud = cloudOf(secret);
  const { audiences, authority, resourceManager } = cloud;
  const credential = await createCredential(secret, authority, closing);
  const tokens = createTokens({ credential, audiences, gate, now, closing });
  const send = createSend(gate, tokens);
  const principal = principalOf(secret, await tokens.get('resourceManager', signal));
  const visible = await listSubscriptions(send, resourceManager, signal);
  const names = new Map(visible.map(({ id, name }) => [id, name]));
  const accounts = secret.subscriptions.length > 0 ? secret.subscriptions : [...names.keys()];
  if (accounts.length === 0) throw noSubscription(principal);
  const seen = [...names.keys()].filter((id) => accounts.includes(id));
  const shared = { cloud, send, discovery: createDiscovery(send, cloud, seen), now };
  const fleets = accounts.map((account) =>
    fleetOf(account, { ...shared, isVisible: seen.includes(account), name: names.get(account) }),
  );
  return { principal, fleets };
}

function noSubscription(principal: string): CollectError {
  return new CollectError('access_denied', 'Azure let us in, and shows no subscription', {
    where: principal,
    fix: 'give the roles Reader and Monitoring Reader on each subscription to read',
  });
}
