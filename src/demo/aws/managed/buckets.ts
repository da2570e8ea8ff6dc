import { element, isoTime } from '../xml.ts';
import type { ManagedCall } from './call.ts';
import { bornAt } from './kinds.ts';
import { pageOf } from './page.ts';

/** ListBuckets of one region: pages of up to 10,000. */
export function listBuckets(call: ManagedCall): string {
  const { resources, next } = pageOf(call, ['bucket'], {
    size: 'max-buckets',
    token: 'continuation-token',
    smallest: 1,
    largest: 10_000,
    shown: 10_000,
    refusal: 'InvalidArgument',
  });
  const buckets = resources.map((one) => {
    const words = element('Name', one.dimension) + element('CreationDate', isoTime(bornAt(one)));
    return `<Bucket>${words}${element('BucketRegion', call.cell.region.code)}</Bucket>`;
  });
  return [
    '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Owner>${element('ID', call.cell.account.id)}</Owner><Buckets>${buckets.join('')}</Buckets>`,
    next === undefined ? '' : element('ContinuationToken', next),
    '</ListAllMyBucketsResult>',
  ].join('');
}
