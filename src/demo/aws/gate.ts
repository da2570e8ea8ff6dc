import type { Luck } from '../fleet/luck.ts';
import type { Quota, TokenBuckets } from '../fleet/token-buckets.ts';
import type { SimAccount } from './accounts.ts';
import type { Cell } from './cell.ts';
import type { Principal } from './credentials.ts';
import { optInStatusOf } from './ec2.ts';
import { ApiError, refuse, type ServiceName } from './errors.ts';
import { type Faults, namesPlace } from './faults.ts';
import type { MetricDataRequest } from './metric-query.ts';
import { quotas } from './quota.ts';
import { recentSeconds } from './retention.ts';

/** A call whose sender is known, about to be let in or not. */
export interface Visitor {
  readonly service: ServiceName;
  readonly action: string;
  readonly principal: Principal;
  readonly cell: Cell;
  readonly faults: Faults;
  readonly luck: Luck;
}

/** Lets a call in, or refuses it for what AWS would. @throws ApiError */
export function letIn(visitor: Visitor, params: URLSearchParams, buckets: TokenBuckets): void {
  refuseClosedRegion(visitor);
  refuseDenied(visitor);
  failByLuck(visitor);
  const { service, action, cell, faults } = visitor;
  const [name, quota] = quotaOf(service, action, params);
  if (!buckets.take(`${placeOf(cell)}/${name}`, quota, 1, faults.quotaMultiplier)) throw refuse(service, 'throttled');
}

function refuseClosedRegion({ service, cell }: Visitor): void {
  if (optInStatusOf(cell) !== 'not-opted-in') return;
  if (service === 'ec2' && cell.region.closedWith === 'OptInRequired') {
    const message = `You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe.`;
    throw new ApiError('OptInRequired', message, 401);
  }
  throw refuse(service, 'unknown_key');
}

function refuseDenied({ service, action, principal, cell, faults }: Visitor): void {
  const { account, region } = cell;
  const because = 'because no identity-based policy allows the';
  if (service === 'ec2' && isDenied(account, account.denied?.ec2, faults.deniedEc2, region.code)) {
    const what = `ec2:${action}`;
    const message = `You are not authorized to perform this operation. User: ${principal.arn} is not authorized to perform: ${what} ${because} ${what} action`;
    throw new ApiError('UnauthorizedOperation', message, 403);
  }
  if (service === 'monitoring' && isDenied(account, account.denied?.cloudwatch, faults.deniedCloudwatch, region.code)) {
    const what = `cloudwatch:${action}`;
    const message = `User: ${principal.arn} is not authorized to perform: ${what} ${because} ${what} action`;
    throw new ApiError('AccessDeniedException', message, 400);
  }
  if (faults.deniedServices.includes(service)) {
    const what = `${service}:${action}`;
    const message = `User: ${principal.arn} is not authorized to perform: ${what} ${because} ${what} action`;
    throw new ApiError(service === 'lambda' ? 'AccessDeniedException' : 'AccessDenied', message, 403);
  }
}

function isDenied(
  { id }: SimAccount,
  own: readonly string[] | undefined,
  fault: readonly string[],
  region: string,
): boolean {
  return own?.includes(region) === true || own?.includes('*') === true || namesPlace(fault, id, region);
}

function failByLuck({ service, faults, luck }: Visitor): void {
  const { throttleStorm, serverErrorRate } = faults;
  if (throttleStorm && luck.turn % throttleStorm.every < throttleStorm.lasts) throw refuse(service, 'throttled');
  if (luck.draw('server error') < serverErrorRate) {
    throw refuse(service, luck.draw('which error') < 0.5 ? 'internal' : 'unavailable');
  }
}

function quotaOf(service: ServiceName, action: string, params: URLSearchParams): [name: string, quota: Quota] {
  if (service === 'sts') return ['sts', quotas.sts];
  if (service === 'monitoring')
    return action === 'ListMetrics' ? [action, quotas.ListMetrics] : [action, quotas.GetMetricData];
  if (service !== 'ec2') return [service, quotas.others];
  const narrowed = params.has('MaxResults') || params.has('Filter.1.Name') || params.has('InstanceId.1');
  return action === 'DescribeInstances' && !narrowed
    ? ['unpagedDescribe', quotas.unpagedDescribe]
    : ['describe', quotas.describe];
}

/** Draws the datapoints that a request is estimated to read, by range and period and never by what is there. */
export function admitDatapoints(
  visitor: Visitor,
  buckets: TokenBuckets,
  now: number,
): (request: MetricDataRequest) => void {
  return ({ start, end, queries }) => {
    const estimate = queries.reduce((sum, { periodSeconds }) => sum + Math.ceil((end - start) / periodSeconds), 0);
    const recent = start >= now - recentSeconds;
    const quota = recent ? quotas.recentDatapoints : quotas.olderDatapoints;
    const key = `${placeOf(visitor.cell)}/datapoints/${recent}`;
    if (!buckets.take(key, quota, estimate, visitor.faults.quotaMultiplier)) throw refuse('monitoring', 'throttled');
  };
}

function placeOf({ account, region }: Cell): string {
  return `${account.id}/${region.code}`;
}
