import { Link } from '@tanstack/react-router';
import type { HistoryChange } from '../../../src/server/api.ts';
import { formatCount, formatTime } from '../format.ts';
import { text } from '../text.ts';
import { kindOf, wordOf } from './day-marks.ts';

const shown = 6;

/** What became of the server's size and state, newest first, and how the charts mark it. */
export function ChangePanel({ changes }: { changes: readonly HistoryChange[] }) {
  const words = text.history.changes;
  const kinds = (['size', 'state'] as const).filter((kind) => changes.some((change) => kindOf(change) === kind));
  const newest = changes.slice(-shown).toReversed();
  return (
    <section className="panel">
      <header>
        <h2>{words.title}</h2>
        <p className="change-legend">
          {kinds.map((kind) => (
            <span key={kind}>
              <i className={`change-sign ${kind}`} aria-hidden="true" /> {words.marks[kind]}
            </span>
          ))}
        </p>
      </header>
      <p className="summary">
        {words.summary(formatCount(changes.length))}
        {changes.length > shown && ` ${words.newest(formatCount(shown))}`}
      </p>
      <ul className="change-list">
        {newest.map((change) => (
          <li key={`${change.at} ${change.what}`}>
            <i className={`change-sign ${kindOf(change)}`} aria-hidden="true" />
            <span>{wordOf(change)}</span>
            <small>
              <time dateTime={change.at}>{formatTime(change.at)}</time>
            </small>
            {change.job !== null && (
              <Link to="/jobs/$id" params={{ id: String(change.job) }}>
                {text.pages.run(change.job)}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
