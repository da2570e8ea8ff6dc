import { ApiError, refuse } from '../errors.ts';
import { listBuckets } from './buckets.ts';
import { describeCacheClusters } from './caches.ts';
import type { ManagedCall } from './call.ts';
import { describeDatabases } from './databases.ts';
import { listFunctions } from './functions.ts';
import { describeClassicLoadBalancers, describeLoadBalancers } from './load-balancers.ts';

/** Answers with what the service's protocol wraps. @throws ApiError */
export function answerManaged(call: ManagedCall): string {
  switch (`${call.service}:${call.action}`) {
    case 'rds:DescribeDBInstances':
      return describeDatabases(call);
    case 'elasticloadbalancing:DescribeLoadBalancers':
      return balancersOfVersion(call);
    case 'elasticache:DescribeCacheClusters':
      return describeCacheClusters(call);
    case 'lambda:ListFunctions':
      return listFunctions(call);
    case 's3:ListBuckets':
      return listBuckets(call);
    default:
      throw refuse(call.service, 'unknown_action');
  }
}

/** Classic Load Balancers have the API's first version, all others the second. */
function balancersOfVersion(call: ManagedCall): string {
  switch (call.params.get('Version')) {
    case '2012-06-01':
      return describeClassicLoadBalancers(call);
    case '2015-12-01':
      return describeLoadBalancers(call);
    default:
      throw new ApiError('InvalidAction', 'Could not find operation for this version');
  }
}
