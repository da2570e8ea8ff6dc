import { type Review, type ReviewContext, reviewServers } from '#platform/rightsizing/review.ts';
import { policyRow, tallyRow } from '#platform/rightsizing/review-row.ts';
import { tally } from '#platform/rightsizing/tally.ts';
import { sizeLists } from '#rightsizing/size-catalog.ts';
import { isoTime } from './iso-time.ts';
import type { PeakBin, RightsizingSummary } from './rightsizing-api.ts';

/** All history of the fleet is read for it. */
const freshMs = 60_000;

export interface Summaries {
  /** Of the policy that holds; up to a minute old. */
  kept(context: ReviewContext): Promise<RightsizingSummary>;
  /** Of a policy that somebody tries out: one after another, however many ask. */
  preview(context: ReviewContext): Promise<RightsizingSummary>;
  /** What was decided is to be seen at once. */
  forget(): void;
}

export function makeSummaries(): Summaries {
  let kept: { readonly policy: string; readonly at: number; readonly made: Promise<RightsizingSummary> } | undefined;
  let previewed: Promise<unknown> = Promise.resolve();
  return {
    kept(context) {
      const policy = JSON.stringify(context.policy);
      if (kept === undefined || kept.policy !== policy || context.now - kept.at > freshMs) {
        const made = summarize(context);
        const mine = { policy, at: context.now, made };
        kept = mine;
        made.catch(() => {
          if (kept === mine) kept = undefined;
        });
      }
      return kept.made;
    },
    preview(context) {
      const made = previewed.then(() => summarize(context));
      previewed = made.catch(() => {});
      return made;
    },
    forget() {
      kept = undefined;
    },
  };
}

async function summarize(context: ReviewContext): Promise<RightsizingSummary> {
  const peaks = emptyPeaks();
  const found = await tally(countPeaks(reviewServers(context), peaks));
  return {
    made_at: isoTime(context.now),
    ...tallyRow(found),
    policy: policyRow(context.policy),
    cpu_peaks: peaks,
    prices: sizeLists.map(({ provider, source, readOn }) => ({ provider, source, read_on: readOn })),
  };
}

const binPercent = 5;

function emptyPeaks(): PeakBin[] {
  return Array.from({ length: 100 / binPercent }, (_, bin) => ({
    from: bin * binPercent,
    to: (bin + 1) * binPercent,
    servers: 0,
    idle: 0,
  }));
}

/** Counts what passes by. */
async function* countPeaks(pages: AsyncIterable<Review[]>, bins: PeakBin[]): AsyncGenerator<Review[]> {
  for await (const page of pages) {
    for (const { verdict } of page) {
      if (verdict.cpu === null || verdict.class === 'not_enough_data') continue;
      const bin = bins[Math.min(bins.length - 1, Math.floor(verdict.cpu.max / binPercent))];
      if (bin === undefined) continue;
      bin.servers++;
      if (verdict.class === 'idle') bin.idle++;
    }
    yield page;
  }
}
