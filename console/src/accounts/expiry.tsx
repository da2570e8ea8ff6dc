import type { ExpiryReply } from '../../../src/server/account-api.ts';
import { formatAgo, formatTime } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

/** From then on it is time to get another one, in milliseconds. */
const soonMs = 14 * 86_400_000;

/** Until when a secret is good; a dash where no cloud has told. */
export function Expiry({ expires }: { expires: ExpiryReply | null }) {
  if (expires === null) return <span className="missing">–</span>;
  const { of, at } = expires;
  if (at === null) return text.accounts.endless(text.accounts.endings[of]);
  const leftMs = Date.parse(at) - Date.now();
  const words = `${text.accounts.endings[of]} · ${formatAgo(at)}`;
  return (
    <time dateTime={at} title={formatTime(at)}>
      {leftMs <= 0 ? (
        <Mark tone="bad" word={`${text.accounts.ended} · ${words}`} />
      ) : leftMs < soonMs ? (
        <Mark tone="warn" word={words} />
      ) : (
        words
      )}
    </time>
  );
}
