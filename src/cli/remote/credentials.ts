import { mkdir, readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { writeWhole } from '../write-whole.ts';

/** Tokens by the origin and path of their server. */
const Credentials = z.strictObject({ servers: z.record(z.string(), z.strictObject({ token: z.string().min(1) })) });
type Credentials = z.infer<typeof Credentials>;

const noneButOwner = 0o077;

/** Where `fleetgauge login` keeps tokens. */
export function credentialsFile(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'fleetgauge', 'credentials.json');
}

/** @throws CollectError `invalid_input` where others than the owner may read it, or it is malformed */
export async function savedToken(url: string): Promise<string | undefined> {
  const { servers } = await read(credentialsFile());
  return Object.hasOwn(servers, url) ? servers[url]?.token : undefined;
}

/** @returns the file */
export async function saveToken(url: string, token: string): Promise<string> {
  const file = credentialsFile();
  const { servers } = await read(file);
  await write(file, { servers: { ...servers, [url]: { token } } });
  return file;
}

/** @returns whether there was one */
export async function forgetToken(url: string): Promise<boolean> {
  const file = credentialsFile();
  const { servers } = await read(file);
  if (!Object.hasOwn(servers, url)) return false;
  const { [url]: _, ...others } = servers;
  await write(file, { servers: others });
  return true;
}

async function read(file: string): Promise<Credentials> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & noneButOwner) !== 0) {
      throw new CollectError('invalid_input', 'others can read the tokens', { where: file, fix: `chmod 600 ${file}` });
    }
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return { servers: {} };
    throw cause;
  }
  const parsed = Credentials.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', 'the tokens cannot be read', {
    where: file,
    fix: `remove the file, then: fleetgauge login --server <url>`,
  });
}

async function write(file: string, credentials: Credentials): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await writeWhole(file, `${JSON.stringify(credentials, null, 2)}\n`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
