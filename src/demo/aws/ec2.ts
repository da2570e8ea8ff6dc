import type { Cell } from './cell.ts';
import { describeInstanceTypes } from './describe-instance-types.ts';
import { describeInstances } from './describe-instances.ts';
import { describeVolumes } from './describe-volumes.ts';
import { type Ec2Call, filterParams, listParam } from './ec2-request.ts';
import { refuse } from './errors.ts';
import { regions } from './regions.ts';
import { element, itemSet } from './xml.ts';

/** Answers an EC2 action with the inside of its `<ActionResponse>`. @throws ApiError */
export function answerEc2(call: Ec2Call): string {
  switch (call.params.get('Action')) {
    case 'DescribeRegions':
      return describeRegions(call);
    case 'DescribeInstances':
      return describeInstances(call);
    case 'DescribeInstanceTypes':
      return describeInstanceTypes(call);
    case 'DescribeVolumes':
      return describeVolumes(call);
    default:
      throw refuse('ec2', 'unknown_action');
  }
}

/** An account has every region that needs no asking, and those others in which it has servers. */
export function optInStatusOf({ account, region }: Pick<Cell, 'account' | 'region'>): string {
  if (region.optIn === 'opt-in-not-required') return region.optIn;
  return region.code in account.regions ? 'opted-in' : 'not-opted-in';
}

function describeRegions({ params, cell: { account } }: Ec2Call): string {
  const all = params.get('AllRegions') === 'true';
  const wanted = listParam(params, 'RegionName');
  const filters = filterParams(params);
  const rows = regions
    .map((region) => ({ code: region.code, status: optInStatusOf({ account, region }) }))
    .filter(({ code, status }) => (all || status !== 'not-opted-in') && (wanted.length === 0 || wanted.includes(code)))
    .filter(({ code, status }) =>
      filters.every(({ name, values }) => values.includes(name === 'region-name' ? code : status)),
    );
  const items = rows.map(
    ({ code, status }) =>
      element('regionName', code) +
      element('regionEndpoint', `ec2.${code}.amazonaws.com`) +
      element('optInStatus', status),
  );
  return itemSet('regionInfo', items);
}
