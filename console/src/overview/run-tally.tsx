import { Link } from '@tanstack/react-router';
import type { JobDetail } from '../../../src/server/api.ts';
import { formatCount } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { tallyOf } from './problem-tally.ts';

/** How many regions of a run are not whole, and by which cause. */
export function RunTally({ job }: { job: JobDetail }) {
  const { notWhole, denied, throttledCalls } = tallyOf(job);
  return (
    <>
      <Link to="/errors">{text.runs.regionsMissing(formatCount(notWhole), formatCount(job.tasks.length))}</Link>
      {denied > 0 && <Mark tone="bad" word={text.runs.denied(formatCount(denied))} />}
      {throttledCalls > 0 && <Mark tone="warn" word={text.runs.throttledCalls(formatCount(throttledCalls))} />}
    </>
  );
}
