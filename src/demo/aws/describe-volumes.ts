import { drawInteger } from '../fleet/hash.ts';
import { stateAt } from '../fleet/life.ts';
import { openToken, sealToken } from '../fleet/page-token.ts';
import type { Ec2Call } from './ec2-request.ts';
import { ApiError } from './errors.ts';
import type { Server } from './simulated-server.ts';
import { serverAt } from './world.ts';
import { element, isoTime, itemSet } from './xml.ts';

const largestPage = 1000;

/** DescribeVolumes: pages of 5 to 1,000, server by server; volumes go with a server that is terminated. */
export function describeVolumes({ params, cell, now }: Ec2Call): string {
  const pageSize = Number(params.get('MaxResults') ?? largestPage);
  if (!(pageSize >= 5 && pageSize <= largestPage)) {
    throw new ApiError('InvalidParameterValue', `Value ( ${pageSize} ) for parameter maxResults is invalid.`);
  }
  const key = `volumes/${cell.account.id}/${cell.region.code}`;
  const token = params.get('NextToken');
  let [index, skip] = token === null ? [0, 0] : (openToken(key, token) ?? []);
  if (index === undefined || skip === undefined) {
    throw new ApiError('InvalidParameterValue', 'Unable to parse nextToken parameter');
  }
  const page: string[] = [];
  for (; index < cell.count; index++, skip = 0) {
    const rest = volumesOf(serverAt(cell, index), now).slice(skip);
    const room = pageSize - page.length;
    page.push(...rest.slice(0, room));
    if (rest.length > room)
      return itemSet('volumeSet', page) + element('nextToken', sealToken(key, [index, skip + room]));
  }
  return itemSet('volumeSet', page);
}

function volumesOf(server: Server, now: number): readonly string[] {
  const state = stateAt(server.life, now);
  if (state === undefined || state.name === 'terminated') return [];
  return server.volumeIds.map((volumeId, ordinal) => {
    const attachment = element('instanceId', server.id) + element('status', 'attached');
    const name = element('key', 'Name') + element('value', `${server.name}-${ordinal}`);
    return [
      element('volumeId', volumeId),
      element('size', drawInteger(server.seed, 60 + ordinal, 1, 20) * 50),
      element('volumeType', ordinal === 0 ? 'gp3' : 'io2'),
      element('status', 'in-use'),
      element('createTime', isoTime(server.life.runs[0] ?? 0)),
      element('availabilityZone', server.zone),
      itemSet('attachmentSet', [attachment]),
      itemSet('tagSet', [name]),
    ].join('');
  });
}
