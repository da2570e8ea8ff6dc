import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { AskSecret, GivenFlags, SignIn } from '#model/sign-in.ts';

/** By application default credentials where nothing is given: GOOGLE_APPLICATION_CREDENTIALS, gcloud, the metadata server. */
export const signIn: SignIn = {
  flags: [
    {
      name: 'credentials-file',
      value: 'file',
      description: 'a service-account key, or a configuration of workload identity federation; what it says is sealed',
    },
    {
      name: 'credentials',
      description: 'the same as JSON, taken from GOOGLE_CREDENTIALS, --secret-stdin or a prompt',
    },
    { name: 'impersonate', value: 'email', description: 'a service account to act as' },
    {
      name: 'delegate',
      value: 'email',
      description: 'a service account on the way to that one; given again, the next one from there',
      repeats: true,
    },
    {
      name: 'project',
      value: 'id',
      description: 'a project to look at; may be given again; else all that can be found',
      repeats: true,
    },
    {
      name: 'scoping-project',
      value: 'id',
      description: 'read the metrics of all projects by the metrics scope of this one',
    },
    { name: 'google-endpoint', value: 'url', description: 'where all of Google’s services are asked instead' },
  ],
  secretFrom,
  schema: async () =>
    z.toJSONSchema((await import('./secret.ts')).GoogleSecret, { io: 'input', unrepresentable: 'any' }),
};

async function secretFrom(given: GivenFlags, ask: AskSecret): Promise<object> {
  const account = given.impersonate;
  const delegates = listOf(given.delegate);
  if (account === undefined && delegates.length > 0)
    throw new CollectError('invalid_input', '--delegate needs the --impersonate that it leads to');
  return {
    from: await originFrom(given, ask),
    projects: listOf(given.project),
    ...(account === undefined ? {} : { impersonate: { account, delegates } }),
    ...(given['scoping-project'] === undefined ? {} : { scopingProject: given['scoping-project'] }),
    ...(given['google-endpoint'] === undefined ? {} : { endpoint: given['google-endpoint'] }),
  };
}

async function originFrom(given: GivenFlags, ask: AskSecret): Promise<object> {
  const file = given['credentials-file'];
  if (file !== undefined && given.credentials !== undefined)
    throw new CollectError('invalid_input', 'give --credentials-file or --credentials, not both');
  if (typeof file === 'string') return originOf(await textOf(file), '--credentials-file');
  if (given.credentials !== undefined)
    return originOf(await ask('credentials (JSON)', 'GOOGLE_CREDENTIALS'), '--credentials');
  return { kind: 'default' };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (caught) {
    throw new CollectError('invalid_input', '--credentials-file cannot be read', { where: file, cause: caught });
  }
}

/** @throws CollectError `invalid_input`, which shows nothing of the text */
function originOf(text: string, flag: string): object {
  const json = parse(text);
  const type = typeof json === 'object' && json !== null && 'type' in json ? json.type : undefined;
  switch (type) {
    case 'service_account':
      return { kind: type, key: json };
    case 'external_account':
      return { kind: type, config: json };
    default:
      throw new CollectError('invalid_input', `${flag} is no service-account key and no federation configuration`, {
        fix: 'for your own account run `gcloud auth application-default login` and leave the flag out',
      });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function listOf(value: GivenFlags[string]): readonly string[] {
  if (value === undefined || value === true) return [];
  return typeof value === 'string' ? [value] : value;
}
