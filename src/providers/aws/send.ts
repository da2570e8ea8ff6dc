import type { Call, CallGate } from '#model/calls.ts';
import type { Api } from './catalog.ts';
import { fromAws } from './errors.ts';

/** Sends SDK commands of one account through the gate, their errors turned into ours. */
export type Send = <T>(
  call: Omit<Call, 'account' | 'api'> & { api: Api },
  work: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

export function createSend(gate: CallGate, account: string): Send {
  return (call, work, signal) =>
    gate.send(
      { ...call, account },
      async (trySignal) => {
        try {
          return await work(trySignal);
        } catch (caught) {
          throw fromAws(caught, call.api, `${account}/${call.region}`);
        }
      },
      signal,
    );
}
