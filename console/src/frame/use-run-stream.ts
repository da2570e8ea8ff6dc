import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { RunStream, type StreamState } from './run-stream.ts';

const streams = new Map<number, RunStream>();

const none = () => () => {};
const off = (): StreamState => 'off';

/** Keeps a running job up to date by the server's events, once for all that show it. */
export function useRunStream(id: number, isRunning: boolean): StreamState {
  const queries = useQueryClient();
  const stream = isRunning ? streamOf(id, queries) : undefined;
  return useSyncExternalStore(stream?.subscribe ?? none, stream?.state ?? off);
}

/** Stops a run that is shown from moving on the screen, or lets it go on. */
export function pauseRun(id: number, isPaused: boolean): void {
  streams.get(id)?.pause(isPaused);
}

function streamOf(id: number, queries: QueryClient): RunStream {
  const known = streams.get(id);
  if (known !== undefined) return known;
  const stream = new RunStream(id, queries);
  streams.set(id, stream);
  return stream;
}
