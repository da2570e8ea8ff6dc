import { type Command, InvalidArgumentError, Option } from 'commander';
import { createApiKey, createPlatformKey } from '#platform/identity/api-keys.ts';
import { homeDomain } from '#platform/identity/domain.ts';
import { issueAccessToken } from '#platform/identity/tokens.ts';
import { addUser, changeUser, findUser, setPassword } from '#platform/identity/users.ts';
import { type ApiKey, type Role, roles, type User } from '#store/identity.ts';
import { askNewPassword } from '../ask-password.ts';
import { type Data, dataPlace, openData } from '../open-data.ts';
import { listsRows, write } from '../output.ts';
import { note } from '../say.ts';
import type { Column } from '../table.ts';

interface AddFlags {
  readonly role: Role;
  readonly service?: boolean;
  readonly password: boolean;
  readonly passwordStdin?: boolean;
}

interface KeyFlags {
  readonly name: string;
  readonly days?: number;
  readonly generation?: 'v1' | 'v2';
}

interface TokenFlags {
  readonly generation: 'v1' | 'v2';
  readonly hours: number;
}

export function addUserCommand(program: Command): void {
  const user = program.command('user');
  addUsers(user);
  addChanges(user);
  addApiKeys(user);
  const token = user
    .command('token')
    .description('an access token of a user, for those who speak Cloudforet')
    .argument('<name>')
    .addOption(new Option('--generation <name>', 'whose claims it carries').choices(['v1', 'v2']).default('v2'))
    .option('--hours <n>', 'how long it lasts, 24 at most', positive, 1);
  token.action((name: string, flags: TokenFlags) =>
    withUser(token, name, async ({ store, key }, found) => {
      const order = { generation: generationOf(flags.generation), lifeMs: flags.hours * 3_600_000 };
      process.stdout.write(`${await issueAccessToken(store, key, found, order, Date.now())}\n`);
    }),
  );
}

function addUsers(user: Command): void {
  const add = user
    .command('add')
    .description(
      'add a person by email, or a service account; the first user is an admin, and a sign-in is asked for from then on',
    )
    .argument('<name>', 'an email, or with --service what the account is called')
    .addOption(new Option('--role <role>', 'what they may do').choices([...roles]).default('viewer'))
    .option('--service', 'not a person: it has API keys')
    .option('--password-stdin', 'read the password from standard input (FLEETGAUGE_PASSWORD works too)')
    .option('--no-password', 'a person who signs in by OpenID alone');
  add.action(async (name: string, flags: AddFlags) => {
    await using data = await openData(dataPlace(add));
    const asks = !flags.service && flags.password;
    const password = asks ? { password: await askNewPassword(name, flags.passwordStdin === true) } : {};
    const now = Date.now();
    const { id: domain } = await homeDomain(data.store, now);
    const kind = flags.service ? 'SERVICE' : 'PERSON';
    const added = await addUser(data.store, { domain, kind, name, role: flags.role, ...password }, now);
    note(`Added ${added.name}, ${added.role}.`);
    if (flags.service) note(`Next   fleetgauge user api-key create ${added.name} --name <what for>`);
  });

  listsRows(user.command('list').description('all users'), async (flags, command) => {
    await using data = await openData(dataPlace(command));
    const { id } = await homeDomain(data.store, Date.now());
    await write({ flags, rows: await data.store.identity.users(id), columns: userColumns, store: data.store });
  });
}

function addChanges(user: Command): void {
  const disable = user.command('disable').description('sign a user out, and let them in no more').argument('<name>');
  disable.action((name: string) => changeOne(disable, name, { state: 'DISABLED' }));
  const enable = user.command('enable').description('let a user in again').argument('<name>');
  enable.action((name: string) => changeOne(enable, name, { state: 'ENABLED' }));
  const role = user
    .command('role')
    .description('change what a user may do')
    .argument('<name>')
    .argument('<role>', roles.join(', '), roleOf);
  role.action((name: string, given: Role) => changeOne(role, name, { role: given }));
  const password = user
    .command('password')
    .description('set a password, and sign the user out')
    .argument('<name>')
    .option('--password-stdin', 'read it from standard input (FLEETGAUGE_PASSWORD works too)');
  password.action((name: string, flags: { passwordStdin?: boolean }) =>
    withUser(password, name, async ({ store }, found) => {
      await setPassword(store, found.id, await askNewPassword(found.name, flags.passwordStdin === true));
      note(`Changed the password of ${found.name}.`);
    }),
  );
}

function addApiKeys(user: Command): void {
  const apiKey = user.command('api-key').description('keys that scripts and plugins show instead of a password');
  const create = apiKey
    .command('create')
    .description('make a key; it is shown once')
    .argument('<user>')
    .requiredOption('--name <text>', 'what it is for')
    .option('--days <n>', 'how long it lasts; until it is revoked, where absent', positive)
    .addOption(
      new Option('--generation <name>', "a token for a plugin's secret_data.api_key instead").choices(['v1', 'v2']),
    );
  create.action((name: string, flags: KeyFlags) =>
    withUser(create, name, async ({ store, key }, found) => {
      const now = Date.now();
      const end = flags.days === undefined ? {} : { expiresAt: now + flags.days * 86_400_000 };
      const draft = { name: flags.name, ...end };
      const made =
        flags.generation === undefined
          ? await createApiKey(store, found, draft, now)
          : await createPlatformKey(store, key, found, { ...draft, generation: generationOf(flags.generation) }, now);
      process.stdout.write(`${made.secret}\n`);
      note(`This is ${made.key.id} of ${found.name}. Keep it: it is not shown again.`);
    }),
  );
  const list = apiKey.command('list').description('the keys of a user').argument('<user>');
  listsRows(list, (flags, _, name = '') =>
    withUser(list, name, async ({ store }, found) =>
      write({ flags, rows: await store.identity.apiKeys(found.id), columns: keyColumns, store }),
    ),
  );
  const revoke = apiKey.command('revoke').description('make a key worth nothing, at once').argument('<key id>');
  revoke.action(async (id: string) => {
    await using data = await openData(dataPlace(revoke));
    await data.store.identity.removeApiKey(id);
    note(`Revoked ${id}.`);
  });
}

async function changeOne(command: Command, name: string, change: Parameters<typeof changeUser>[2]): Promise<void> {
  await withUser(command, name, async ({ store }, found) => {
    const { role, state } = await changeUser(store, found.id, change);
    note(`${found.name} is ${state.toLowerCase()}, ${role}.`);
  });
}

async function withUser(
  command: Command,
  name: string,
  work: (data: Data, user: User) => Promise<void>,
): Promise<void> {
  await using data = await openData(dataPlace(command));
  const { id } = await homeDomain(data.store, Date.now());
  await work(data, await findUser(data.store, id, name));
}

const userColumns: Column<User>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'KIND', value: ({ kind }) => kind.toLowerCase() },
  { title: 'ROLE', value: ({ role }) => role },
  { title: 'STATE', value: ({ state }) => state.toLowerCase() },
  { title: 'LAST LOGIN', value: ({ lastLoginAt }) => timeOr(lastLoginAt, 'never') },
];

const keyColumns: Column<ApiKey>[] = [
  { title: 'ID', value: ({ id }) => id },
  { title: 'NAME', value: ({ name }) => name },
  { title: 'FORM', value: ({ form }) => form.toLowerCase() },
  { title: 'EXPIRES', value: ({ expiresAt }) => timeOr(expiresAt, 'never') },
  { title: 'LAST USED', value: ({ lastUsedAt }) => timeOr(lastUsedAt, 'never') },
];

function timeOr(epochMs: number | undefined, otherwise: string): string {
  return epochMs === undefined ? otherwise : new Date(epochMs).toISOString();
}

function generationOf(name: 'v1' | 'v2'): 'V1' | 'V2' {
  return name === 'v1' ? 'V1' : 'V2';
}

function roleOf(text: string): Role {
  const role = roles.find((one) => one === text);
  if (role === undefined) throw new InvalidArgumentError(`It has to be one of ${roles.join(', ')}.`);
  return role;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('It has to be a number above zero.');
  return value;
}
