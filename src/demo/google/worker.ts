import { parentPort, workerData } from 'node:worker_threads';
import type { Faults } from './faults.ts';
import type { KeyFiles } from './key-files.ts';
import { type GoogleCloudOptions, startGoogleCloud } from './server.ts';

/** `workerData`: the options that can be sent to another thread. */
export interface GoogleWorkerOptions extends Omit<GoogleCloudOptions, 'clock' | 'wallClock'> {
  /** Holds the world's time still, epoch milliseconds. Default: it runs as the real time does. */
  readonly frozenAtMs?: number;
}

/** Messages to the worker. */
export type GoogleWorkerMessage = 'stop' | { readonly faults: Partial<Faults> };

/** What it answers the start with. */
export interface GoogleWorkerStarted {
  readonly url: string;
  readonly credentials: KeyFiles;
}

const { frozenAtMs, ...options }: GoogleWorkerOptions = workerData ?? {};
const cloud = await startGoogleCloud(frozenAtMs === undefined ? options : { ...options, clock: () => frozenAtMs });

parentPort?.on('message', (message: GoogleWorkerMessage) => {
  if (message !== 'stop') return cloud.faults.set(message.faults);
  void cloud.close().then(() => parentPort?.close());
});
const started: GoogleWorkerStarted = { url: cloud.url, credentials: cloud.credentials };
parentPort?.postMessage(started);
