import { createSecureContext } from 'node:tls';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { parseMatchers } from './matchers.ts';

const Line = z.string().regex(/^[\x20-\x7e]+$/, 'must be one line of printable ASCII');
const Pem = z.string().includes('-----BEGIN ', 'is not PEM');
const LabelName = z.string().regex(/^[a-zA-Z_]\w*$/, 'is not a label name');

const Auth = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z
    .strictObject({
      kind: z.literal('basic'),
      username: z.string().regex(/^[^:\r\n]+$/),
      password: z.string().min(1).meta({ writeOnly: true }),
    })
    .describe('A user of the server or of the proxy in front of it.'),
  z
    .strictObject({ kind: z.literal('bearer'), token: Line.meta({ writeOnly: true }) })
    .describe('A token that is sent with each call.'),
]);

/** The header in which Mimir, Cortex and Loki take the tenant; no secret. */
const tenantHeader = 'x-scope-orgid';

const Headers = z.record(
  z
    .string()
    .regex(/^[\w-]+$/, 'is not the name of a header')
    .refine((name) => !/^(host|authorization|accept-encoding|transfer-encoding|connection|content-.*)$/i.test(name), {
      message: 'is a header that is not yours to set',
    }),
  Line,
);

const Tls = z.strictObject({
  ca: Pem.optional().describe('Whom to trust, in place of the authorities that Node.js trusts.'),
  cert: Pem.optional(),
  key: Pem.optional(),
});

/** The way into a Prometheus or into what speaks its API: Thanos, Mimir, Cortex, VictoriaMetrics. */
export const PrometheusSecret = z
  .strictObject({
    /** Up to where `/api/v1` begins. */
    url: z.string().refine(isBaseUrl, 'must be an http or https URL without user, query or fragment'),
    auth: Auth.default({ kind: 'none' }),
    headers: Headers.meta({ writeOnly: true }).default({}),
    tls: Tls.meta({ writeOnly: true }).optional(),
    /** Credentials may go over http to another machine. */
    allowPlainHttp: z.boolean().default(false),
    /** Matchers that every query carries: `{job="node"}`. */
    match: z
      .string()
      .refine((text) => parseMatchers(text) !== undefined, 'is no list of matchers such as {job="node",env=~"prod.*"}')
      .default(''),
    /** What to call the account; else it is called as its URL. */
    account: z.string().min(1).max(200).optional(),
    /** Labels that tell servers apart besides `instance`, such as `cluster`. */
    keyLabels: z.array(LabelName).max(4).default([]),
    /** Labels that say where a server is, and its name. */
    regionLabel: LabelName.optional(),
    zoneLabel: LabelName.optional(),
    nameLabel: LabelName.optional(),
    /** How far back to look for servers that are gone. */
    lookbackDays: z.int().min(1).max(90).default(14),
  })
  .superRefine((secret, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const { protocol, hostname } = new URL(secret.url);
    const isPlain = protocol === 'http:';
    if (isPlain && holdsCredentials(secret) && !secret.allowPlainHttp && !isLoopback(hostname))
      refuse('url', 'must be https, since credentials go with it; or allow plain http expressly');
    if (secret.tls === undefined) return;
    if (isPlain) refuse('tls', 'needs an https URL');
    if ((secret.tls.cert === undefined) !== (secret.tls.key === undefined))
      refuse('tls', 'needs the certificate and its key, or neither');
    else if (!fitTogether(secret.tls))
      refuse('tls', 'holds PEM that is broken, or a key that is not the certificate’s');
  });
export type PrometheusSecret = z.infer<typeof PrometheusSecret>;

/** @throws CollectError `invalid_input` naming the field, never its value */
export function parseSecret(input: unknown): PrometheusSecret {
  const parsed = PrometheusSecret.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new CollectError(
    'invalid_input',
    `Prometheus: ${issue?.path.join('.') || 'secret'}: ${issue?.message ?? 'malformed'}`,
  );
}

/** `prometheus.example.org:9090/tenant-path/team-a`: the URL without its scheme, and the tenant. */
export function accountOf({ url, headers, account }: PrometheusSecret): string {
  if (account !== undefined) return account;
  const { host, pathname } = new URL(url);
  const [, tenant] = Object.entries(headers).find(([name]) => name.toLowerCase() === tenantHeader) ?? [];
  return `${host}${pathname.replace(/\/+$/, '')}${tenant === undefined ? '' : `/${tenant}`}`;
}

/** What must not be shown, of what goes with each call. */
export function secretsOf({ auth, headers }: PrometheusSecret): string[] {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== tenantHeader);
  return [
    ...(auth.kind === 'basic' ? [auth.password, basicCredentials(auth)] : []),
    ...(auth.kind === 'bearer' ? [auth.token] : []),
    ...others.map(([, value]) => value),
  ];
}

/** As they stand in the header. */
export function basicCredentials({ username, password }: { username: string; password: string }): string {
  return Buffer.from(`${username}:${password}`).toString('base64');
}

function holdsCredentials(secret: PrometheusSecret): boolean {
  return secretsOf(secret).length > 0;
}

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password, search, hash } = new URL(text);
  return /^https?:$/.test(protocol) && username + password + search + hash === '';
}

function isLoopback(hostname: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function fitTogether({ ca, cert, key }: z.infer<typeof Tls>): boolean {
  try {
    createSecureContext({ ...(ca === undefined ? {} : { ca }), ...(cert === undefined ? {} : { cert, key }) });
    return true;
  } catch {
    return false;
  }
}
