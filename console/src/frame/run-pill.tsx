import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { JobSummary } from '../../../src/server/api.ts';
import { jobQuery } from '../api.ts';
import { formatPart } from '../format.ts';
import { partDone } from '../jobs/part-done.ts';
import { text } from '../text.ts';
import { pauseRun, useRunStream } from './use-run-stream.ts';

/** How far the run in work is, and a button that keeps its numbers still. */
export function RunPill({ job }: { job: JobSummary }) {
  const stream = useRunStream(job.id, true);
  const detail = useQuery({ ...jobQuery(job.id), staleTime: Number.POSITIVE_INFINITY }).data?.data;
  const isPaused = stream === 'paused';
  return (
    <div className="run-pill">
      <Link to="/jobs/$id" params={{ id: String(job.id) }}>
        <i className={stream === 'live' ? 'pulse' : 'pulse still'} aria-hidden="true" />
        {text.frame.running(job.id, detail === undefined ? '…' : formatPart(partDone(detail)))}
      </Link>
      {stream === 'lost' && <span className="lost">{text.frame.streamLost}</span>}
      <button
        type="button"
        aria-pressed={isPaused}
        aria-keyshortcuts="."
        aria-label={text.frame.pause}
        title={text.frame.pause}
        onClick={() => pauseRun(job.id, !isPaused)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d={isPaused ? 'M5 3.5v9l7-4.5z' : 'M5.5 3.5v9M10.5 3.5v9'} />
        </svg>
      </button>
    </div>
  );
}
