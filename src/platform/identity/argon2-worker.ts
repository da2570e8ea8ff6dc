/** A thread that hashes one password, so that the event loop stays free meanwhile, and ends. */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { argon2id, argon2Verify } from 'hash-wasm';
import { argon2Cost, type HashOrder } from './argon2-cost.ts';

const { password, hash }: HashOrder = workerData;
parentPort?.postMessage(
  hash === undefined
    ? await argon2id({ ...argon2Cost, password, salt: randomBytes(16), hashLength: 32, outputType: 'encoded' })
    : await argon2Verify({ password, hash }),
);
