import type { ProblemCause, Problems } from '#platform/health/problems.ts';
import type { ErrorCause, ErrorSummary } from './error-api.ts';
import { isoTime } from './iso-time.ts';

const mostCells = 1_000;

export function summaryReply({ cells, causes, retryable, isCut }: Problems): ErrorSummary {
  return {
    cells: cells.slice(0, mostCells).map(({ isOpen, ...cell }) => ({ ...cell, is_open: isOpen })),
    cell_count: cells.length,
    causes: causes.map(causeReply),
    retry: { tasks: [...retryable.values()].flat().length, jobs: retryable.size },
    is_cut: isCut,
  };
}

function causeReply({ first, last, fixes, fixCount, ...cause }: ProblemCause): ErrorCause {
  return {
    ...cause,
    first_at: first === undefined ? null : isoTime(first),
    last_at: last === undefined ? null : isoTime(last),
    fixes: fixes.map(({ fix, ...each }) => ({ ...each, fix: fix ?? null })),
    fix_count: fixCount,
  };
}
