import { parentPort, workerData } from 'node:worker_threads';
import type { Faults } from './faults.ts';
import { type AzureCloud, type AzureCloudOptions, startAzureCloud } from './server.ts';

/** `workerData`: the options that can be sent to another thread. */
export interface AzureWorkerOptions extends Omit<AzureCloudOptions, 'clock' | 'wallClock'> {
  /** Holds the world's time still, epoch milliseconds. Default: it runs as the real time does. */
  readonly frozenAtMs?: number;
}

/** What the worker answers when it has started. */
export type AzureWorkerReady = Pick<AzureCloud, 'url' | 'secureUrl' | 'certificateAuthority' | 'credentials'>;

/** Messages to the worker. */
export type AzureWorkerMessage = 'stop' | { readonly faults: Partial<Faults> };

const { frozenAtMs, ...options }: AzureWorkerOptions = workerData ?? {};
const cloud = await startAzureCloud(frozenAtMs === undefined ? options : { ...options, clock: () => frozenAtMs });

parentPort?.on('message', (message: AzureWorkerMessage) => {
  if (message !== 'stop') return cloud.faults.set(message.faults);
  void cloud.stop().then(() => parentPort?.close());
});
const { url, secureUrl, certificateAuthority, credentials } = cloud;
parentPort?.postMessage({ url, secureUrl, certificateAuthority, credentials } satisfies AzureWorkerReady);
