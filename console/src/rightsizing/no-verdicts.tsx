import { Link } from '@tanstack/react-router';
import { type RightsizingSearch, shownState } from '../api.ts';
import { FirstUse } from '../parts/first-use.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { text } from '../text.ts';

interface NoVerdictsProps {
  /** Of the whole fleet. */
  readonly servers: number;
  readonly search: RightsizingSearch;
  /** Whether not all were looked at yet. */
  readonly hasMore: boolean;
}

/** Why a list is empty: nobody has looked far enough, the fleet or the list has ended, or what is there is hidden. */
export function NoVerdicts({ servers, search: { after, ...search }, hasMore }: NoVerdictsProps) {
  const words = text.rightsizing;
  if (servers === 0) return <FirstUse title={text.fleet.noServers} what={text.firstUse.rightsizing} />;
  if (hasMore) {
    return (
      <EmptyNotice title={words.noneSoFar}>
        <p>{words.noneFix}</p>
      </EmptyNotice>
    );
  }
  if (after !== undefined) {
    return (
      <EmptyNotice title={words.pastEnd}>
        <p>{words.pastEndFix}</p>
      </EmptyNotice>
    );
  }
  const isOpenOnly = shownState(search) === 'open';
  const { state: _, ...narrowed } = search;
  const hidesDecidedOnly = isOpenOnly && Object.keys(narrowed).length === 0;
  return (
    <EmptyNotice title={hidesDecidedOnly ? words.nothingOpen : words.none}>
      <p>{hidesDecidedOnly ? words.nothingOpenNote : words.noneFix}</p>
      {isOpenOnly && (
        <Link to="/rightsizing" search={{ ...search, state: 'any' }}>
          {words.showAny}
        </Link>
      )}
    </EmptyNotice>
  );
}
