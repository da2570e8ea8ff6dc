import type { MissingReason } from '../../../src/model/missing.ts';
import { text } from '../text.ts';

/** Blank is not zero: a dash, and why. */
export function MissingValue({ reason }: { reason: MissingReason | undefined }) {
  if (reason === undefined) return <span className="missing">–</span>;
  const { short, long } = text.missing[reason];
  return (
    <span className="missing" title={long}>
      – <small>{short}</small>
    </span>
  );
}
