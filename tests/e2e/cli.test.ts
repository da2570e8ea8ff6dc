import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCsv } from './csv.ts';
import { type DemoCloud, startDemoCloud } from './demo-cloud.ts';
import { type CliResult, runCli } from './run-cli.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** Never to be seen in any output. */
const wrongSecret = 'aWrongSecretThatMustNeverBePrinted000000';

let folder: TemporaryFolder;
let cloud: DemoCloud;
/** The account with four open regions, and the one with a region that refuses CloudWatch. */
let open: Readonly<Record<string, string>>;
let halfClosed: Readonly<Record<string, string>>;

beforeAll(async () => {
  folder = await temporaryFolder('cli');
  cloud = await startDemoCloud(folder.path);
  const [first = {}, second = {}] = cloud.accounts;
  open = first;
  halfClosed = second;
});

afterAll(async () => {
  await cloud?.stop();
  await folder?.[Symbol.asyncDispose]();
});

interface Case {
  readonly name: string;
  readonly args: readonly string[];
  readonly env?: () => Readonly<Record<string, string>>;
  readonly code: number;
  /** What is wrong, and where or what to do: all have to be on stderr. */
  readonly says: readonly RegExp[];
}

const scan = (...flags: string[]) => ['scan', 'aws', '--yes', ...flags];
const noCredentials = () => ({ AWS_CONFIG_FILE: '/nowhere', AWS_SHARED_CREDENTIALS_FILE: '/nowhere' });
const openEnv = () => open;

const cases: readonly Case[] = [
  { name: 'an unknown command', args: ['scna'], code: 2, says: [/unknown command 'scna'/, /scan|--help/] },
  {
    name: 'an unknown option',
    args: scan('--ouptut', 'json'),
    code: 2,
    says: [/unknown option '--ouptut'/, /--output|--help/],
  },
  {
    name: 'an unknown output form',
    args: scan('-o', 'xml'),
    code: 2,
    says: [/xml/, /table, wide, json, ndjson, csv, yaml/],
  },
  { name: 'an unknown statistic', args: scan('--stat', 'median'), code: 2, says: [/p95/, /statistics|--stat/] },
  { name: 'an unknown metric', args: scan('--metrics', 'cpu'), code: 2, says: [/cpu\.utilization/, /metrics/] },
  { name: 'no whole number of days', args: scan('--days', 'many'), code: 2, says: [/--days/, /number/] },
  { name: 'too many days', args: scan('--days', '9999'), code: 2, says: [/days/, /455/] },
  { name: 'no day at all', args: scan('--days', '0'), code: 2, says: [/days/, /1/] },
  { name: 'too many calls at once', args: scan('--concurrency', '1000'), code: 2, says: [/concurrency/, /64/] },
  { name: 'a negative budget', args: scan('--max-cost', '-1'), code: 2, says: [/maxCost|--max-cost/] },
  {
    name: 'a region that is none',
    args: scan('--regions', 'Ireland'),
    code: 2,
    says: [/'Ireland' is not a region of Amazon Web Services/],
  },
  {
    name: 'a role that is none',
    args: scan('--role-arn', 'admin'),
    code: 2,
    says: [/roleArn|--role-arn/, /arn:aws:iam::/],
  },
  {
    name: 'a missing secret',
    args: scan('--access-key-id', 'AKIADEMOPAYPROD00001'),
    code: 2,
    says: [/secret access key is missing/, /AWS_SECRET_ACCESS_KEY/],
  },
  {
    name: 'a plain http endpoint elsewhere',
    args: scan(),
    env: () => ({ ...open, AWS_ENDPOINT_URL: 'http://example.com' }),
    code: 2,
    says: [/AWS_ENDPOINT_URL/, /https/],
  },
  { name: 'an unknown sort', args: ['server', 'list', '--sort', 'colour'], code: 2, says: [/--sort/, /cpuAvg/] },
  {
    name: 'a field that is none',
    args: ['account', 'list', '--fields', 'name,colour'],
    code: 2,
    says: [/'colour'/, /name, provider, account, status, last_used/],
  },
  { name: 'a sort that is none', args: ['job', 'list', '--sort', '-colour'], code: 2, says: [/'colour'/, /started/] },
  {
    name: 'a query that is none',
    args: ['job', 'list', '--filter', 'cost:>much'],
    code: 2,
    says: [/cost:>much/, />=80/],
  },
  { name: 'a time that is none', args: ['job', 'list', '--timeout', 'soon'], code: 2, says: [/--timeout/, /90s/] },
  { name: 'a finding that is none', args: ['rightsizing', 'list', '--fail-on', 'lazy>0'], code: 2, says: [/idle>0/] },
  { name: 'a job number that is none', args: ['job', 'show', 'last'], code: 2, says: [/number of a job/] },
  { name: 'a port that is none', args: ['up', '--port', '99999'], code: 2, says: [/--port/, /65535/] },
  { name: 'no saved account', args: ['collect', '--yes'], code: 1, says: [/no account is saved/, /account add/] },
  { name: 'an account that is not saved', args: ['collect', '--account', 'prod', '--yes'], code: 1, says: [/prod/] },
  {
    name: 'nothing to resume',
    args: ['collect', '--resume', '--yes'],
    code: 1,
    says: [/no run was cut short/, /fleetgauge collect/],
  },
  { name: 'a server that is not there', args: ['server', 'show', 'i-none'], code: 1, says: [/i-none/, /server list/] },
  { name: 'a job that is not there', args: ['job', 'show', '77'], code: 1, says: [/77/] },
  {
    name: 'no credentials at all',
    args: scan('--regions', 'us-east-1'),
    env: () => ({ ...noCredentials(), AWS_ENDPOINT_URL: cloud.url }),
    code: 4,
    says: [/[Cc]redentials/, /fix/],
  },
  {
    name: 'a wrong secret',
    args: scan(),
    env: () => ({ ...open, AWS_SECRET_ACCESS_KEY: wrongSecret }),
    code: 4,
    says: [/SignatureDoesNotMatch/, /check the credentials/],
  },
  {
    name: 'a wrong secret of an account to be saved',
    args: ['account', 'add', 'aws'],
    env: () => ({ ...open, AWS_SECRET_ACCESS_KEY: wrongSecret }),
    code: 4,
    says: [/SignatureDoesNotMatch/, /check the credentials/],
  },
  {
    name: 'an unknown key',
    args: scan(),
    env: () => ({ ...open, AWS_ACCESS_KEY_ID: 'AKIANOBODYKNOWSTHIS1' }),
    code: 4,
    says: [/InvalidClientTokenId/],
  },
  {
    name: 'a budget below the plan',
    args: scan('--regions', 'us-west-2', '--max-cost', '0.0001'),
    env: openEnv,
    code: 5,
    says: [/above --max-cost 0.0001/, /raise --max-cost/],
  },
  {
    name: 'nobody to agree',
    args: ['scan', 'aws', '--regions', 'us-west-2'],
    env: openEnv,
    code: 5,
    says: [/nobody is here to agree/, /--yes/],
  },
  {
    name: 'a region that refuses, beside one that does not',
    args: scan('--regions', 'eu-central-1,ap-southeast-1', '-o', 'json'),
    env: () => halfClosed,
    code: 3,
    says: [/AccessDenied/, /eu-central-1/, /allow cloudwatch:GetMetricData/],
  },
  {
    name: 'an endpoint where nobody listens',
    args: scan(),
    env: () => ({ ...open, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' }),
    code: 1,
    says: [/ECONNREFUSED/, /check the network and the endpoint/],
  },
];

describe('what cannot be done is said', () => {
  it.each(cases)('$name: exit code $code', async ({ args, env = noCredentials, code, says }) => {
    const result = await fleetgauge(args, env());
    expect(result.code, result.stderr).toBe(code);
    for (const pattern of says) expect(result.stderr).toMatch(pattern);
    expectNoTraceNorSecret(result);
    if (code !== 3) expect(dataLines(result.stdout)).toEqual([]);
    expect(result.stderr).not.toContain('stored already');
  });
});

describe('data goes to stdout, all else to stderr', () => {
  it('as JSON', async () => {
    const { code, stdout, stderr } = await fleetgauge(scan('--regions', 'us-west-2', '-o', 'json'), open);
    expect(code).toBe(0);
    const { data, meta } = JSON.parse(stdout);
    expect(data).toHaveLength(160);
    expect(meta).toMatchObject({ total: 160, spent: { usd: expect.any(Number) } });
    expect(stderr).toMatch(/Plan +160 servers/);
  });

  it('as CSV', async () => {
    const { code, stdout } = await fleetgauge(
      scan('--regions', 'us-west-2', '--stat', 'p95', '--days', '2', '-o', 'csv'),
      open,
    );
    expect(code).toBe(0);
    const [header = [], ...rows] = parseCsv(stdout);
    expect(header).toEqual(expect.arrayContaining(['resource_id', 'cpu.utilization.p95', 'memory.usage.missing']));
    expect(rows).toHaveLength(160);
    const column = (name: string) => header.indexOf(name);
    for (const row of rows) {
      const value = row[column('memory.usage.avg')];
      const missing = row[column('memory.usage.missing')];
      expect(value === '', `${value} ${missing}`).toBe(missing !== '');
    }
  });

  it('as tab-separated lines where it is piped', async () => {
    const { stdout } = await fleetgauge(scan('--regions', 'us-west-2'), open);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(161);
    expect(new Set(lines.map((line) => line.split('\t').length)).size).toBe(1);
  });

  it('plans without a bill', async () => {
    const { code, stdout, stderr } = await fleetgauge(['scan', 'aws', '--dry-run', '--regions', 'us-west-2'], open);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/about .*at most/);
  });

  it('helps on stdout, with exit code 0', async () => {
    const { code, stdout, stderr } = await fleetgauge(['collect', '--help'], {});
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('--max-cost');
  });
});

function fleetgauge(args: readonly string[], env: Readonly<Record<string, string>>): Promise<CliResult> {
  return runCli(['--data', join(folder.path, 'data'), ...args], { home: folder.path, env });
}

/** The first line is a header. */
function dataLines(stdout: string): string[] {
  return stdout.trim().split('\n').slice(1);
}

function expectNoTraceNorSecret({ stdout, stderr }: CliResult): void {
  const output = stdout + stderr;
  expect(output).not.toMatch(/^\s+at .*[:(]\d+/m);
  expect(output).not.toMatch(/node:internal|node_modules|This is a fault of fleetgauge/);
  expect(output).not.toContain(wrongSecret);
  for (const { AWS_SECRET_ACCESS_KEY: secret = 'none' } of cloud.accounts) expect(output).not.toContain(secret);
}
