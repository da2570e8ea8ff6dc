/**
 * A track from 0 to 100 %, filled to the average, with a tick at the maximum. The numbers stand beside it. One element with three
 * grounds, as a list has hundreds of them and draws a dozen new ones in each frame that it is scrolled.
 */
export function Gauge({ avg, max }: { avg: number; max?: number | undefined }) {
  return (
    <i
      className="gauge"
      style={{
        backgroundSize: `${within(avg)}% 100%, ${max === undefined ? 0 : Math.max(2, within(max))}% 100%, 100%`,
      }}
      aria-hidden="true"
    />
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
