/**
 * Asks CloudWatch as fast as its gate lets it, until it is told to stop, and prints of each call that was answered when it had
 * been sent, in epoch milliseconds. Arguments: the database, the cloud, and whether the pace is kept `together` or `apart`.
 */
import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { systemClock } from '../../src/collect/clock.ts';
import { createGate } from '../../src/collect/gate.ts';
import { Ledger } from '../../src/collect/ledger.ts';
import { pacesOf } from '../../src/jobs/paces.ts';
import { CollectError } from '../../src/model/errors.ts';
import { limits } from '../../src/providers/aws/catalog.ts';
import { openPostgresStore } from '../../src/store/postgres/store.ts';
import { accountOf } from './world.ts';

const [database = '', url = '', how = ''] = process.argv.slice(2);
const callers = 12;
const region = 'us-east-1';

const { id: account, accessKeyId, secretAccessKey } = accountOf(0);
const credentials = { accessKeyId, secretAccessKey };
const client = new CloudWatchClient({ endpoint: url, region, credentials, maxAttempts: 1 });
const store = how === 'together' ? await openPostgresStore(database) : undefined;
const paceOf = pacesOf(store ?? {});
const gate = createGate({ limits, ledger: new Ledger(), clock: systemClock, paceOf });
const stopping = new AbortController();
process.once('SIGTERM', () => stopping.abort());

const day = 86_400_000;
const command = new GetMetricDataCommand({
  StartTime: new Date(Date.now() - 2 * day),
  EndTime: new Date(Date.now() - day),
  MetricDataQueries: [
    { Id: 'a', MetricStat: { Metric: { Namespace: 'AWS/EC2', MetricName: 'none' }, Period: 86_400, Stat: 'Sum' } },
  ],
});

async function ask(): Promise<void> {
  const call = { api: 'cloudwatch:GetMetricData', account, region, points: 1 };
  let sentAt = 0;
  const send = (abortSignal: AbortSignal) => {
    sentAt = Date.now();
    return client.send(command, { abortSignal }).catch(refused);
  };
  await gate.send(call, send, stopping.signal);
  process.stdout.write(`${sentAt}\n`);
}

function refused(caught: unknown): never {
  throw new CollectError('rate_limited', caught instanceof Error ? caught.name : String(caught));
}

async function askOnAndOn(): Promise<void> {
  while (!stopping.signal.aborted) await ask().catch(() => {});
}

process.stdout.write('ready\n');
await Promise.all(Array.from({ length: callers }, askOnAndOn));
client.destroy();
await store?.close();
