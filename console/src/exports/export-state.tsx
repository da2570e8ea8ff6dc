import type { ExportRow } from '../../../src/server/export-file-api.ts';
import { formatCount } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

const tones = { WAITING: 'quiet', RUNNING: 'active', READY: 'good', FAILED: 'bad', CANCELED: 'quiet' } as const;

/** What became of a file: how far it is, or why there is none and what to do. */
export function ExportStateCell({ file: { id, state, done, total, error } }: { file: ExportRow }) {
  return (
    <>
      <Mark tone={tones[state]} word={text.exports.states[state]} />
      {state === 'RUNNING' && (
        <span className="export-progress">
          <progress aria-label={text.exports.progressOf(id)} {...(total === null ? {} : { value: done, max: total })} />
          {total !== null && <small>{text.exports.progress(formatCount(done), formatCount(total))}</small>}
        </span>
      )}
      {error !== null && (
        <p className="export-error">
          {error.message}. {error.fix}
        </p>
      )}
    </>
  );
}
