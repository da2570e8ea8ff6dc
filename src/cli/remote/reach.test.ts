import { Command } from 'commander';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseConfig } from '#providers/external/config.ts';
import { createProgram } from '../program.ts';
import { applySettings, settingsIn } from '../settings.ts';
import { chosenServer, refuseElsewhere, withoutUser } from './reach.ts';

afterEach(() => void vi.unstubAllEnvs());

interface Said {
  readonly words?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly profile?: object;
  readonly file?: object;
}

/** A command of those words, with the profile chosen where there is one. */
async function commandOf({ words = [], env = {}, profile, file = {} }: Said, name = 'list'): Promise<Command> {
  for (const each of ['FLEETGAUGE_SERVER', 'FLEETGAUGE_DATA', 'FLEETGAUGE_DATABASE']) vi.stubEnv(each, env[each] ?? '');
  const config = await parseConfig(
    JSON.stringify({ ...file, ...(profile && { profiles: { lab: profile } }) }),
    '/etc/fleetgauge.config.json',
  );
  const program = createProgram();
  const command = new Command(name).action(() => {});
  program.addCommand(command);
  applySettings(program, config, profile && 'lab', process.env);
  await program.parseAsync([...words, name], { from: 'user' });
  return command;
}

const there = 'https://there.example';
const elsewhere = { server: 'https://elsewhere.example' };
const server = { server: there };
const data = { data: './lab' };
const database = { database: 'postgres://db.example/x' };
const variable = { FLEETGAUGE_SERVER: there };

describe('the place that is meant', () => {
  it.each<{ name: string; said: Said; is: string | undefined }>([
    { name: 'no place', said: {}, is: undefined },
    {
      name: '--server before FLEETGAUGE_SERVER',
      said: { words: ['--server', there], env: { FLEETGAUGE_SERVER: elsewhere.server } },
      is: there,
    },
    {
      name: '--server before FLEETGAUGE_DATA',
      said: { words: ['--server', there], env: { FLEETGAUGE_DATA: '/x' } },
      is: there,
    },
    { name: "--server before the profile's data", said: { words: ['--server', there], profile: data }, is: there },
    { name: "--server before the file's data", said: { words: ['--server', there], file: data }, is: there },
    { name: '--data before FLEETGAUGE_SERVER', said: { words: ['--data', '/x'], env: variable }, is: undefined },
    { name: "--data before the profile's server", said: { words: ['--data', '/x'], profile: server }, is: undefined },
    {
      name: "--database before the file's server",
      said: { words: ['--database', 'postgres://x/y'], file: server },
      is: undefined,
    },
    {
      name: '--database before two that differ',
      said: { words: ['--database', 'postgres://x/y'], env: variable, profile: data },
      is: undefined,
    },
    {
      name: 'FLEETGAUGE_SERVER with FLEETGAUGE_DATA',
      said: { env: { ...variable, FLEETGAUGE_DATA: '/x' } },
      is: there,
    },
    { name: "FLEETGAUGE_SERVER before the profile's server", said: { env: variable, profile: elsewhere }, is: there },
    { name: "FLEETGAUGE_SERVER before the file's data", said: { env: variable, file: data }, is: there },
    {
      name: "FLEETGAUGE_DATA before the file's server",
      said: { env: { FLEETGAUGE_DATA: '/x' }, file: server },
      is: undefined,
    },
    { name: "the profile's data before the file's server", said: { profile: data, file: server }, is: undefined },
    {
      name: "the profile's database before the file's server",
      said: { profile: database, file: server },
      is: undefined,
    },
    { name: "the profile's server before the file's data", said: { profile: server, file: data }, is: there },
    { name: "the profile's server with its data", said: { profile: { ...server, ...data } }, is: there },
    { name: "the file's server with its data", said: { file: { ...server, ...data } }, is: there },
    {
      name: "the file's server where the profile names no place",
      said: { profile: { output: 'json' }, file: server },
      is: there,
    },
  ])('$name', async ({ said, is }) => {
    expect(chosenServer(await commandOf(said))).toBe(is);
  });

  it.each<{ said: Said; names: string }>([
    { said: { words: ['--server', there, '--data', '/x'] }, names: '--server and --data' },
    { said: { env: variable, profile: data }, names: 'FLEETGAUGE_SERVER and the data of the profile' },
    { said: { env: variable, profile: database }, names: 'FLEETGAUGE_SERVER and the database of the profile' },
    {
      said: { env: { FLEETGAUGE_DATA: '/x' }, profile: server },
      names: 'the server of the profile and FLEETGAUGE_DATA',
    },
  ])('is not guessed of $names', async ({ said, names }) => {
    const command = await commandOf(said);
    expect(() => chosenServer(command)).toThrow(
      expect.objectContaining({ code: 'invalid_input', message: `${names} name two places`, fix: expect.any(String) }),
    );
  });
});

it.each([
  { profile: data, has: { output: 'json', ...data } },
  { profile: database, has: { output: 'json', ...database } },
  { profile: {}, has: { output: 'json', ...server } },
])('a profile that names a store has no server of the rest: $profile', async ({ profile, has }) => {
  const text = JSON.stringify({ ...server, output: 'json', profiles: { lab: profile } });
  expect(settingsIn(await parseConfig(text, '/etc/fleetgauge.config.json'), 'lab')).toEqual(has);
});

it.each([
  ['https://u:hunter2@h.example/x', 'https://h.example/x'],
  ['htps://u:hunter2@h', 'htps://h'],
  ['https://u:hun/ter@2@h:99999', 'https://h:99999'],
  ['u:hunter2@h', 'h'],
  ['https://h.example', 'https://h.example'],
])('%s is shown as %s', (address, shown) => {
  expect(withoutUser(address)).toBe(shown);
});

it('says where a command cannot be asked without a word of a password', async () => {
  const command = await commandOf({ words: ['--server', 'https://u:hunter2@h.example'] }, 'limit');
  expect(() => refuseElsewhere(command)).toThrow(expect.objectContaining({ where: 'https://h.example' }));
});
