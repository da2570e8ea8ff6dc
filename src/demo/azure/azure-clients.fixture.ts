import { onTestFinished } from 'vitest';
import { z } from 'zod';
import type { ApplicationCredentials } from './credentials.ts';
import { type AzureCloud, type AzureCloudOptions, startAzureCloud } from './server.ts';
import { demoTenants } from './tenants.ts';

/** The world's time in tests: Wednesday 18 November 2026, 12:00 UTC, in epoch seconds. */
export const testNow = Date.UTC(2026, 10, 18, 12) / 1000;

export const day = 86_400;

/** The last UTC midnight, and the fourteen whole days before it. */
export const midnight = Math.floor(testNow / day) * day;
export const fortnight = { start: midnight - 14 * day, end: midnight };

/** The tenant of the demo and its two subscriptions. */
export const [tenant] = demoTenants;
export const [shop = '', corp = ''] = tenant.subscriptions.map(({ id }) => id);

/** A cloud whose world stands still at {@link testNow} and that ends with the test. Tokens and quotas go by the real time. */
export async function startTestCloud(options: AzureCloudOptions = {}): Promise<AzureCloud> {
  const cloud = await startAzureCloud({ clock: () => testNow * 1000, ...options });
  onTestFinished(() => cloud.stop());
  return cloud;
}

/** The credentials of one of the demo's applications. */
export function credentialsOf(cloud: AzureCloud, application = 0): ApplicationCredentials {
  const found = cloud.credentials[application];
  if (found === undefined) throw new Error(`no application ${application}`);
  return found;
}

/** An access token by client secret. */
export async function tokenOf(cloud: AzureCloud, audience: string, application = 0): Promise<string> {
  const { tenantId, clientId, clientSecret = '' } = credentialsOf(cloud, application);
  const form = { client_id: clientId, client_secret: clientSecret, scope: `${audience}/.default` };
  const response = await fetch(`${cloud.url}/${tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
  });
  return z.object({ access_token: z.string() }).parse(await response.json()).access_token;
}

/** What a batch asks for; times are epoch seconds. */
export interface Ask {
  readonly metrics: readonly string[];
  readonly start?: number;
  readonly end?: number;
  readonly interval?: string;
  readonly aggregation?: string;
  readonly namespace?: string;
  readonly more?: Readonly<Record<string, string>>;
}

async function send(base: string, token: string, path: string, body?: unknown) {
  const response = await fetch(path.startsWith('http') ? path : base + path, {
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
}

/** What a call came back with. */
type Reply = Awaited<ReturnType<typeof send>>;

/** Plain REST, with tokens of one application for both services. */
export async function clientOf(cloud: AzureCloud, application = 0) {
  const [management, metrics] = await Promise.all([
    tokenOf(cloud, 'https://management.azure.com', application),
    tokenOf(cloud, 'https://metrics.monitor.azure.com', application),
  ]);
  const call = (token: string, path: string, body?: unknown) => send(cloud.url, token, path, body);
  return {
    get: (path: string) => call(management, path),
    graph: (query: string, options: object = {}, subscriptions?: readonly string[]) =>
      call(management, '/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01', {
        query,
        options,
        subscriptions,
      }),
    getBatch: (subscription: string, region: string, ids: readonly string[], ask: Ask) => {
      const { start = fortnight.start, end = fortnight.end, interval = 'FULL' } = ask;
      const search = new URLSearchParams({
        'api-version': '2023-10-01',
        metricnamespace: ask.namespace ?? 'Microsoft.Compute/virtualMachines',
        metricnames: ask.metrics.join(),
        aggregation: ask.aggregation ?? 'average,maximum,minimum,total,count',
        starttime: new Date(start * 1000).toISOString(),
        endtime: new Date(end * 1000).toISOString(),
        interval,
        ...ask.more,
      });
      const path = `/metrics/${region}/subscriptions/${subscription}/metrics:getBatch?${search}`;
      return call(metrics, path, { resourceids: ids });
    },
  };
}

export type Client = Awaited<ReturnType<typeof clientOf>>;

/** Every row of a query, page by page, as long as there is a token. */
export async function allRows(client: Client, query: string, top = 1000) {
  const rows = [];
  let [token, pages]: [string | undefined, number] = [undefined, 0];
  do {
    const { body }: Reply = await client.graph(query, {
      $top: top,
      ...(token === undefined ? {} : { $skipToken: token }),
    });
    rows.push(...body.data);
    token = body.$skipToken;
    pages++;
  } while (token !== undefined && pages < 1000);
  return { rows, pages };
}
