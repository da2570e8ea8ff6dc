import type { JobRow } from '../../../src/server/api.ts';
import { formatCount, formatSeconds } from '../format.ts';
import { text } from '../text.ts';

/** What a run was to read: whose servers, of how long, and which statistics. */
export function JobScopeCell({ job: { scope, selection } }: { job: JobRow }) {
  const { days, statistics } = scope;
  const what = [
    ...(days === null ? [] : [formatSeconds(days * 86_400)]),
    ...(statistics.length === 0 ? [] : [statistics.map((each) => text.statistics[each]).join(', ')]),
  ];
  return (
    <>
      {selection === null ? (
        placesOf(scope)
      ) : (
        <>
          {text.collect.limited(formatCount(selection.servers))}
          {selection.filter !== null && (
            <>
              {' '}
              <code title={selection.filter}>{selection.filter}</code>
            </>
          )}
        </>
      )}
      {what.length > 0 && <small>{what.join(' · ')}</small>}
    </>
  );
}

/** Names that are told before they are only counted. */
const mostNamed = 2;

function placesOf({ plugin, accounts, regions, places }: JobRow['scope']): string {
  if (plugin !== null) return text.runs.byPlugin(plugin);
  const read = places.map(({ provider, accounts }) =>
    accounts === 1 ? provider : text.runs.accountsOf(provider, formatCount(accounts)),
  );
  const whose = accounts.length > 0 ? listOf(accounts) : read.join(' + ');
  const where = regions.length > 0 ? listOf(regions) : '';
  return [whose, where].filter((part) => part !== '').join(' · ') || text.runs.scopeNone;
}

function listOf(names: readonly string[]): string {
  const more = names.length - mostNamed;
  return [...names.slice(0, mostNamed), ...(more > 0 ? [text.runs.more(formatCount(more))] : [])].join(', ');
}
