import { readFileSync } from 'node:fs';

/** One sample as CloudWatch had it. */
export interface Sample {
  /** Epoch seconds. */
  readonly time: number;
  readonly value: number;
}

export const daySeconds = 86_400;

/** Series that were really read from CloudWatch (Numenta Anomaly Benchmark, MIT): see `../data/cloudwatch`. */
const files = {
  idleCpu: 'ec2_cpu_utilization_24ae8d.csv',
  lowCpu: 'ec2_cpu_utilization_53ea38.csv',
  busyCpu: 'ec2_cpu_utilization_5f5533.csv',
  spikyCpu: 'ec2_cpu_utilization_ac20cd.csv',
  databaseCpu: 'rds_cpu_utilization_cc0c53.csv',
  diskWriteBytes: 'ec2_disk_write_bytes_1ef3de.csv',
  networkIn: 'ec2_network_in_257a54.csv',
} as const;

/** A series, moved by whole days, so that its last day is the day `endsDaysAgo` before today (1: yesterday). */
export function realSeries(name: keyof typeof files, endsDaysAgo: number, now: number): Sample[] {
  const text = readFileSync(new URL(`../data/cloudwatch/${files[name]}`, import.meta.url), 'utf8');
  const samples = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map((line) => {
      const [time = '', value = ''] = line.split(',');
      return { time: Date.parse(`${time.replace(' ', 'T')}Z`) / 1000, value: Number(value) };
    });
  const lastDay = Math.max(...samples.map(({ time }) => Math.floor(time / daySeconds)));
  const today = Math.floor(now / 1000 / daySeconds);
  const shift = (today - endsDaysAgo - lastDay) * daySeconds;
  return samples.map(({ time, value }) => ({ time: time + shift, value }));
}
