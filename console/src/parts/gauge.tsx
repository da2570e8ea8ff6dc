/** A track from 0 to 100 %, filled to the average, with a tick at the maximum. The numbers stand beside it. */
export function Gauge({ avg, max }: { avg: number; max?: number | undefined }) {
  return (
    <svg className="gauge" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="track" width="100" height="8" />
      <rect className="fill" width={within(avg)} height="8" />
      {max !== undefined && <rect className="tick" x={Math.max(0, within(max) - 2)} width="2" height="8" />}
    </svg>
  );
}

/** How much of a whole, where the whole is not always 100. */
export function ShareBar({ part }: { part: number }) {
  return (
    <svg className="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect className="track" width="100" height="8" />
      <rect className="fill" width={within(part * 100)} height="8" />
    </svg>
  );
}

function within(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
