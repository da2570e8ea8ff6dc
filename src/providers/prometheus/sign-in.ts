import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { AskSecret, GivenFlags, SignIn } from '#model/sign-in.ts';

/** By URL, with what the server or the proxy in front of it wants to see. */
export const signIn: SignIn = {
  flags: [
    { name: 'url', value: 'url', description: 'up to where /api/v1 begins', variable: 'PROMETHEUS_URL' },
    {
      name: 'username',
      value: 'name',
      description: 'basic authentication; the password is taken from PROMETHEUS_PASSWORD, standard input or a prompt',
      variable: 'PROMETHEUS_USERNAME',
    },
    { name: 'bearer', description: 'a token, taken from PROMETHEUS_TOKEN, standard input or a prompt' },
    {
      name: 'header',
      value: 'name: value',
      description: 'sent with each call, and no secret: "X-Scope-OrgID: team-a"',
      repeats: true,
    },
    {
      name: 'secret-header',
      value: 'name',
      description: 'a header whose value is taken from PROMETHEUS_HEADER, standard input or a prompt',
    },
    { name: 'ca-file', value: 'file', description: 'the authority that signed the server’s certificate, in PEM' },
    { name: 'cert-file', value: 'file', description: 'a client certificate, in PEM' },
    { name: 'key-file', value: 'file', description: 'the key of the client certificate, in PEM' },
    { name: 'match', value: 'matchers', description: 'read only series with these labels: {job="node",env="prod"}' },
    {
      name: 'key-label',
      value: 'label',
      description: 'tells servers apart besides the instance, such as cluster',
      repeats: true,
    },
    { name: 'region-label', value: 'label', description: 'says which region a server is in' },
    { name: 'zone-label', value: 'label', description: 'says which zone a server is in' },
    { name: 'name-label', value: 'label', description: 'says how a server is called' },
    { name: 'account-name', value: 'name', description: 'what to call this Prometheus; else its host and path' },
    {
      name: 'lookback-days',
      value: 'n',
      description: 'how far back to look for servers that are gone',
      fallback: '14',
    },
    { name: 'allow-plain-http', description: 'send credentials over http to another machine' },
  ],
  secretFrom,
  schema: async () =>
    z.toJSONSchema((await import('./secret.ts')).PrometheusSecret, { io: 'input', unrepresentable: 'any' }),
};

async function secretFrom(given: GivenFlags, ask: AskSecret): Promise<object> {
  const url = textOf(given, 'url');
  if (url === undefined) {
    throw new CollectError('invalid_input', '--url is missing', { fix: 'give it as --url or PROMETHEUS_URL' });
  }
  const tls = await tlsFrom(given);
  const optional = {
    match: textOf(given, 'match'),
    account: textOf(given, 'account-name'),
    regionLabel: textOf(given, 'region-label'),
    zoneLabel: textOf(given, 'zone-label'),
    nameLabel: textOf(given, 'name-label'),
    lookbackDays: daysOf(textOf(given, 'lookback-days')),
    tls: Object.keys(tls).length === 0 ? undefined : tls,
  };
  return {
    url,
    auth: await authFrom(given, ask),
    headers: await headersFrom(given, ask),
    keyLabels: listOf(given, 'key-label'),
    allowPlainHttp: given['allow-plain-http'] === true,
    ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
  };
}

async function authFrom(given: GivenFlags, ask: AskSecret): Promise<object> {
  const username = textOf(given, 'username');
  const isBearer = given.bearer === true;
  if (username !== undefined && isBearer)
    throw new CollectError('invalid_input', 'give one way in, not 2: --username, --bearer');
  if (isBearer) return { kind: 'bearer', token: await ask('token', 'PROMETHEUS_TOKEN') };
  if (username === undefined) return { kind: 'none' };
  return { kind: 'basic', username, password: await ask('password', 'PROMETHEUS_PASSWORD') };
}

async function headersFrom(given: GivenFlags, ask: AskSecret): Promise<Record<string, string>> {
  const headers = listOf(given, 'header').map((text): [string, string] => {
    const [, name, value] = /^\s*([\w-]+)\s*[:=]\s*(.+?)\s*$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      throw new CollectError('invalid_input', '--header: is not of the form "name: value"');
    return [name, value];
  });
  const secret = textOf(given, 'secret-header');
  return {
    ...Object.fromEntries(headers),
    ...(secret === undefined ? {} : { [secret]: await ask(`value of ${secret}`, 'PROMETHEUS_HEADER') }),
  };
}

/** @throws CollectError `invalid_input` naming the flag whose file cannot be read */
async function tlsFrom(given: GivenFlags): Promise<Record<string, string>> {
  const tls: Record<string, string> = {};
  for (const part of ['ca', 'cert', 'key'] as const) {
    const file = textOf(given, `${part}-file`);
    if (file === undefined) continue;
    tls[part] = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new CollectError('invalid_input', `--${part}-file: cannot be read`, { where: file, cause });
    });
  }
  return tls;
}

/** @throws CollectError `invalid_input` where it is no whole number */
function daysOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw new CollectError('invalid_input', '--lookback-days: has to be a whole number');
  return Number(text);
}

function textOf(given: GivenFlags, name: string): string | undefined {
  const value = given[name];
  return typeof value === 'string' ? value : undefined;
}

function listOf(given: GivenFlags, name: string): readonly string[] {
  const value = given[name];
  if (value === undefined || value === true) return [];
  return typeof value === 'string' ? [value] : value;
}
