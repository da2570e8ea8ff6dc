import type { CallLimit } from '#model/calls.ts';
import type { Cost } from '#model/fleet.ts';
import { globalRegion } from '#model/region.ts';
import { secondsAt } from './estimate.ts';

/** What is to be asked of the API that reads metrics, in one account and region: quotas are of these. */
export interface PlannedCalls {
  readonly account: string;
  readonly region: string;
  readonly cost: Cost;
  /** The name of the limit. */
  readonly api: string;
  readonly limit: CallLimit;
}

/** How much of what a cloud allows is taken in one place. */
export interface QuotaShare {
  /** 0 to 1 */
  readonly share: number;
  /** `310000000001/eu-west-1`; the account alone where its quota is for all regions. */
  readonly place: string;
  readonly api: string;
}

/** Clouds count calls by the minute, or by the second, of which what is soon done leaves all the others free. */
const shortestSeconds = 60;

/** Where a plan takes the most of the cloud's own quota; undefined where no quota is known, or nothing is asked. */
export function tightestQuota(places: readonly PlannedCalls[]): QuotaShare | undefined {
  return places
    .flatMap(({ account, region, cost, api, limit }) => {
      const share = shareOfQuota(cost, limit);
      const place = region === globalRegion ? account : `${account}/${region}`;
      return share === undefined || share === 0 ? [] : { share, place, api };
    })
    .reduce<QuotaShare | undefined>(
      (most, each) => (most === undefined || each.share > most.share ? each : most),
      undefined,
    );
}

/** At the pace that we keep, while it is read, or over a minute where that takes less. */
function shareOfQuota(cost: Cost, limit: CallLimit): number | undefined {
  const { quota } = limit;
  if (quota === undefined) return undefined;
  return Math.min(1, secondsAt(cost, quota) / Math.max(shortestSeconds, secondsAt(cost, limit)));
}
