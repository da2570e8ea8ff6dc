import { useEffect, useRef, useState } from 'react';
import type { AccessReply, AccessWatch, TestBody } from '../../../src/server/account-api.ts';
import { ApiError, sendForLines } from '../api.ts';
import { text } from '../text.ts';

export type OngoingChecks = Extract<AccessWatch, { event: 'progress' }>['checks'];

export interface AccessTestState {
  readonly phase: 'idle' | 'asking' | 'done';
  readonly checks: OngoingChecks;
  /** When `checks` were told, by the clock of the browser. */
  readonly at: number;
  readonly report: AccessReply | undefined;
  readonly error: Error | null;
}

const idle: AccessTestState = { phase: 'idle', checks: [], at: 0, report: undefined, error: null };

export interface AccessTest extends AccessTestState {
  /** What is under way is left. */
  start(body: TestBody): void;
  stop(): void;
}

/** A test that is watched; whoever leaves the page ends it. @param onEnd called with each that came to its end */
export function useAccessTest(onEnd: () => void = () => {}): AccessTest {
  const [state, setState] = useState(idle);
  const current = useRef<AbortController>(undefined);
  useEffect(() => () => current.current?.abort(), []);

  const stop = () => {
    current.current?.abort();
    setState(idle);
  };
  const start = (body: TestBody) => {
    current.current?.abort();
    const asking = new AbortController();
    current.current = asking;
    setState({ ...idle, phase: 'asking' });
    const show = (next: Partial<AccessTestState>) => {
      if (!asking.signal.aborted) setState((before) => ({ ...before, ...next }));
    };
    watch(body, asking.signal, show)
      .catch((error: Error) => show({ phase: 'done', error }))
      .finally(() => {
        if (!asking.signal.aborted) onEnd();
      });
  };
  return { ...state, start, stop };
}

async function watch(
  body: TestBody,
  signal: AbortSignal,
  show: (next: Partial<AccessTestState>) => void,
): Promise<void> {
  for await (const line of sendForLines<AccessWatch>('/accounts/test/events', body, signal)) {
    switch (line.event) {
      case 'progress':
        show({ checks: line.checks, at: Date.now() });
        break;
      case 'report':
        return show({ phase: 'done', report: line.report });
      case 'failure':
        throw new ApiError(line.error);
    }
  }
  throw new ApiError({ code: 'unreachable', message: text.connect.brokeOff });
}
