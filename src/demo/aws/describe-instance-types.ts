import { openToken, sealToken } from '../fleet/page-token.ts';
import { type Ec2Call, listParam } from './ec2-request.ts';
import { ApiError } from './errors.ts';
import { type InstanceType, instanceTypes } from './instance-types.ts';
import { element, itemSet } from './xml.ts';

const tokenKey = 'DescribeInstanceTypes';
const mostNames = 100;

/** DescribeInstanceTypes: up to 100 names, of which one unknown fails all; without names, pages of 5 to 100. */
export function describeInstanceTypes({ params }: Ec2Call): string {
  const names = listParam(params, 'InstanceType');
  if (names.length > 0) return itemSet('instanceTypeSet', namedTypes(names).map(typeXml));
  const pageSize = Number(params.get('MaxResults') ?? mostNames);
  if (!(pageSize >= 5 && pageSize <= mostNames)) {
    throw new ApiError('InvalidParameterValue', `Value ( ${pageSize} ) for parameter maxResults is invalid.`);
  }
  const token = params.get('NextToken');
  const [start] = token === null ? [0] : (openToken(tokenKey, token) ?? []);
  if (start === undefined) throw new ApiError('InvalidParameterValue', 'Unable to parse NextToken.');
  const all = [...instanceTypes.values()];
  const end = start + pageSize;
  const page = itemSet('instanceTypeSet', all.slice(start, end).map(typeXml));
  return end < all.length ? page + element('nextToken', sealToken(tokenKey, [end])) : page;
}

function namedTypes(names: readonly string[]): readonly InstanceType[] {
  if (names.length > mostNames) {
    throw new ApiError('InvalidParameterValue', `The maximum number of instance types is ${mostNames}`);
  }
  const unknown = names.filter((name) => !instanceTypes.has(name));
  if (unknown.length > 0) {
    throw new ApiError(
      'InvalidInstanceType',
      `The following supplied instance types do not exist: [${unknown.join(', ')}]`,
    );
  }
  return names.map((name) => instanceTypes.get(name)).filter((type) => type !== undefined);
}

function typeXml(type: InstanceType): string {
  const storage = type.instanceStorageGb > 0;
  return [
    element('instanceType', type.name),
    element('currentGeneration', type.hypervisor !== 'xen'),
    element('bareMetal', type.bareMetal),
    type.hypervisor === 'none' ? '' : element('hypervisor', type.hypervisor),
    `<processorInfo>${itemSet('supportedArchitectures', [type.architecture])}</processorInfo>`,
    `<vCpuInfo>${element('defaultVCpus', type.vcpus)}</vCpuInfo>`,
    `<memoryInfo>${element('sizeInMiB', type.memoryMib)}</memoryInfo>`,
    element('instanceStorageSupported', storage),
    storage ? `<instanceStorageInfo>${element('totalSizeInGB', type.instanceStorageGb)}</instanceStorageInfo>` : '',
    element('burstablePerformanceSupported', type.burstable),
  ].join('');
}
