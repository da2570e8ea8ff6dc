import { parentPort, workerData } from 'node:worker_threads';
import type { Faults } from './faults.ts';
import { type AwsCloudOptions, startAwsCloud } from './server.ts';

/** `workerData`: the options that can be sent to another thread. */
export interface AwsWorkerOptions extends Omit<AwsCloudOptions, 'clock' | 'wallClock'> {
  /** Holds the world's time still, epoch milliseconds. Default: it runs as the real time does. */
  readonly frozenAtMs?: number;
}

/** Messages to the worker. It answers the start with `{ url }`. */
export type AwsWorkerMessage = 'stop' | { readonly faults: Partial<Faults> };

const { frozenAtMs, ...options }: AwsWorkerOptions = workerData ?? {};
const cloud = await startAwsCloud(frozenAtMs === undefined ? options : { ...options, clock: () => frozenAtMs });

parentPort?.on('message', (message: AwsWorkerMessage) => {
  if (message !== 'stop') return cloud.faults.set(message.faults);
  void cloud.stop().then(() => parentPort?.close());
});
parentPort?.postMessage({ url: cloud.url });
