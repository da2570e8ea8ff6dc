import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { CollectionReply } from '../../../src/server/collection-api.ts';
import type { PlanReply, RunBody } from '../../../src/server/run-api.ts';
import { ApiError, planQuery } from '../api.ts';
import { formatCount, formatSeconds, formatUsd } from '../format.ts';
import { text } from '../text.ts';

/** How long a choice must stand before the clouds are asked, in milliseconds. */
const restMs = 400;

/** What the next run of all accounts costs as it is set, and as it would be: by the plan that the run itself is held to. */
export function CostOfChange({ saved, draft }: { saved: CollectionReply; draft: CollectionReply }) {
  const wanted = useRested(draft);
  const now = useQuery(planQuery(runOf(saved)));
  const then = useQuery(planQuery(runOf(wanted)));
  return (
    <div className="cost-of-change" role="status">
      {now.error !== null || then.error !== null ? (
        <p>{whyUnknown(now.error ?? then.error)}</p>
      ) : now.data === undefined || then.data === undefined ? (
        <p>{text.collect.planning}</p>
      ) : (
        <div className={then.isPlaceholderData || wanted !== draft ? 'stale' : undefined}>
          <p>{text.collection.now(...figuresOf(now.data.data))}</p>
          {isSame(saved, wanted) ? null : <p>{changeOf(now.data.data, then.data.data)}</p>}
        </div>
      )}
    </div>
  );
}

function runOf({ days, statistics, concurrency }: CollectionReply): RunBody {
  return { days, statistics: [...statistics], concurrency };
}

function isSame(one: CollectionReply, other: CollectionReply): boolean {
  return JSON.stringify(runOf(one)) === JSON.stringify(runOf(other));
}

function useRested(draft: CollectionReply): CollectionReply {
  const [rested, setRested] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setRested(draft), restMs);
    return () => clearTimeout(timer);
  }, [draft]);
  return rested;
}

function figuresOf({ cost, seconds }: PlanReply): [string, string, string] {
  return [formatUsd(cost.usd), formatCount(cost.calls), formatSeconds(Math.max(1, Math.ceil(seconds)))];
}

function changeOf({ cost: before }: PlanReply, then: PlanReply) {
  const { cost: after } = then;
  const change = text.collection.change(signed(after.usd - before.usd), signed(after.usd_at_most - before.usd_at_most));
  return (
    <>
      <b>{change}</b> {text.collection.changed(...figuresOf(then))}
    </>
  );
}

/** `+$0.14`, to a hundredth of a cent. */
function signed(usd: number): string {
  const rounded = Math.round(usd * 10_000) / 10_000;
  return `${rounded < 0 ? '−' : '+'}${formatUsd(Math.abs(rounded))}`;
}

function whyUnknown(error: Error | null): string {
  const isUnconnected = error instanceof ApiError && error.report.code === 'not_found';
  return isUnconnected ? text.collection.noAccounts : text.collection.unknownCost(error?.message ?? '');
}
