import { CollectError } from '#model/errors.ts';
import type { MetricReader, ReadRequest } from '#model/metric-reader.ts';
import type { ConnectContext } from '#model/provider.ts';
import { daySeconds } from '#model/window.ts';
import { finestPeriod } from '../catalog.ts';
import { createClients } from '../clients.ts';
import { accountOf } from '../identity.ts';
import { checkEnvironment, parseSecret } from '../secret.ts';
import { createSend } from '../send.ts';
import { listSeries } from './list-series.ts';
import type { AwsMetric, AwsScope } from './metric.ts';
import { readSeries } from './read-series.ts';
import { unitOf } from './units.ts';

/** A metric that every account with a server has: to find out what is allowed. */
const probe: AwsMetric = { namespace: 'AWS/EC2', metric: 'CPUUtilization', dimensions: [] };

/**
 * Signs in to an account, to read CloudWatch's metrics as they are there: any namespace, any dimensions, nothing converted.
 *
 * @throws CollectError `secret_rejected`, `invalid_input`
 */
export async function connectReader(
  secretInput: unknown,
  { gate, now, signal: connectSignal }: ConnectContext,
): Promise<MetricReader<AwsMetric, AwsScope>> {
  checkEnvironment(process.env);
  const secret = parseSecret(secretInput);
  const clients = createClients(secret);
  const account = await signIn();
  const send = createSend(gate, account);

  return {
    grainOf,
    finestPeriodSeconds: (start: number) => finestPeriod(start, now() / 1000),
    verify,
    list,
    read,
    close: clients.close,
  };

  async function signIn(): Promise<string> {
    try {
      return await accountOf(clients.sts(), createSend(gate, 'unknown'), secret.homeRegion, connectSignal);
    } catch (caught) {
      clients.close();
      throw caught;
    }
  }

  /** Makes one call of each kind. @throws CollectError the first refusal */
  async function verify(signal: AbortSignal): Promise<void> {
    const region = secret.homeRegion;
    const { value: found } = await seriesIn(region, probe, signal).next();
    const end = Math.floor(now() / 60_000) * 60;
    const reads = [{ metric: found ?? probe, stat: 'avg', periodSeconds: 300 }] as const;
    const [outcome] = await read({ place: region, window: { start: end - 300, end }, reads }, signal);
    if (outcome instanceof CollectError) throw outcome;
  }

  async function list({ region = secret.homeRegion, ...scope }: AwsScope, signal: AbortSignal) {
    const series = await Array.fromAsync(seriesIn(region, scope, signal));
    return series.map((metric) => ({ metric, unit: unitOf(metric.namespace, metric.metric) }));
  }

  function seriesIn(region: string, scope: Omit<AwsScope, 'region'>, signal: AbortSignal) {
    return listSeries({ client: clients.cloudwatch(region), send, region, signal }, scope);
  }

  function read({ place: region = secret.homeRegion, window, reads }: ReadRequest<AwsMetric>, signal: AbortSignal) {
    return readSeries({ client: clients.cloudwatch(region), send, account, region, window, signal }, reads);
  }
}

/** The longest bucket of GetMetricData is a day. Source: CloudWatch user guide, "Service quotas". */
function grainOf(periodSeconds: number): number {
  return periodSeconds <= daySeconds ? periodSeconds : commonPart(periodSeconds, daySeconds);
}

/** The longest length that both are whole numbers of. */
function commonPart(a: number, b: number): number {
  return b === 0 ? a : commonPart(b, a % b);
}
