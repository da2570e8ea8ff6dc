import type { OutsideSourceRow, SourceRow } from '../../../src/server/source-api.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

const tones = { ok: 'good', degraded: 'warn', failing: 'bad', not_asked: 'quiet' } as const;
const outsideTones = { enabled: 'active', disabled: 'quiet', ok: 'good', failed: 'bad' } as const;

export function SourceState({ state }: { state: SourceRow['state'] }) {
  return <Mark tone={tones[state]} word={text.sources.states[state]} />;
}

export function OutsideState({ state }: { state: OutsideSourceRow['state'] }) {
  return <Mark tone={outsideTones[state]} word={text.sources.outsideStates[state]} />;
}
