import { formatAgo, formatTime } from '../format.ts';

/** A time as how long ago it was. */
export function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAgo(at)}
    </time>
  );
}
