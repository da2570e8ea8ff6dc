/** What programs need to run at all, to print text, and to find their way out. */
const always = [
  'PATH',
  'HOME',
  'TMPDIR',
  'LANG',
  'LC_ALL',
  'TZ',
  'http_proxy',
  'https_proxy',
  'no_proxy',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NODE_EXTRA_CA_CERTS',
] as const;

/** Variables of this process that a child may see: no credentials among them, unless they are named. */
export function baseEnv(names: readonly string[], source: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const seen = [...always, ...names].map((name): [string, string | undefined] => [name, source[name]]);
  return Object.fromEntries(seen.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** Where plugins of various makes look for the port that they are to serve. */
export function portEnv(port: number): Record<string, string> {
  return { PORT: String(port), SPACEONE_PORT: String(port), FLEETGAUGE_PLUGIN_PORT: String(port) };
}
