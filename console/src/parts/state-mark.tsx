import type { JobState, TaskState } from '../../../src/store/jobs.ts';
import { text } from '../text.ts';

type Tone = 'good' | 'active' | 'warn' | 'bad' | 'quiet';

/** Shape, word and colour say the same, so that none is needed alone. */
const shapes: Readonly<Record<Tone, string>> = {
  good: 'M3.5 8.5 7 12l6-8',
  active: 'M8 2.5a5.5 5.5 0 1 0 5.5 5.5M8 2.5v5.5h5.5',
  warn: 'M8 2.5 14 13H2zM8 6.5v3',
  bad: 'M4 4l8 8M12 4l-8 8',
  quiet: 'M4 8h8',
};

const runTones: Readonly<Record<JobState | TaskState, Tone>> = {
  RUNNING: 'active',
  SUCCESS: 'good',
  PARTIAL: 'warn',
  FAILURE: 'bad',
  CANCELED: 'quiet',
  INTERRUPTED: 'warn',
  PENDING: 'quiet',
};

const serverTones: Readonly<Record<string, Tone>> = { RUNNING: 'good', PENDING: 'active', TERMINATED: 'bad' };

export function JobStateMark({ state }: { state: JobState }) {
  return <Mark tone={runTones[state]} word={text.jobStates[state]} />;
}

/** Without the word, for where it stands beside. */
export function JobStateShape({ state }: { state: JobState }) {
  const tone = runTones[state];
  return (
    <span className={`state ${tone}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={shapes[tone]} />
      </svg>
    </span>
  );
}

export function TaskStateMark({ state }: { state: TaskState }) {
  return <Mark tone={runTones[state]} word={text.taskStates[state]} />;
}

export function ServerStateMark({ state }: { state: string }) {
  return <Mark tone={serverTones[state] ?? 'quiet'} word={text.serverStates[state] ?? state} />;
}

export function Mark({ tone, word }: { tone: Tone; word: string }) {
  return (
    <span className={`state ${tone}`}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={shapes[tone]} />
      </svg>
      {word}
    </span>
  );
}
