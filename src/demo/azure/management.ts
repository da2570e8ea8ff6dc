import { openToken, sealToken } from '../fleet/page-token.ts';
import type { Principal } from './access-tokens.ts';
import { badRequest } from './errors.ts';
import { findRegion } from './regions.ts';
import type { Access, SimSubscription } from './tenants.ts';
import { type VmSize, vmSizes } from './vm-sizes.ts';

/** What a principal may do in a subscription of its tenant; undefined if it may not even see it. */
export function accessTo({ application }: Principal, { id }: SimSubscription): Access | undefined {
  return application.access === undefined ? 'subscription' : application.access[id];
}

/** The subscriptions that a principal sees. */
export function visibleSubscriptions(principal: Principal): readonly SimSubscription[] {
  return principal.tenant.subscriptions.filter((one) => accessTo(principal, one) !== undefined);
}

/** `GET /subscriptions`, a page at a time. @param url the request's, whole: the next page is this and a token */
export function listSubscriptions(principal: Principal, url: URL, pageSize: number): unknown {
  const all = visibleSubscriptions(principal);
  const key = `${principal.tenant.id}/${principal.application.clientId}/subscriptions`;
  const token = url.searchParams.get('$skiptoken');
  const [offset] = token === null ? [0] : (openToken(key, token) ?? []);
  if (offset === undefined) throw badRequest('The skip token is not valid');
  const page = all.slice(offset, offset + pageSize);
  const next = new URL(url);
  next.searchParams.set('$skiptoken', sealToken(key, [offset + pageSize]));
  return {
    value: page.map(({ id, name }) => ({
      id: `/subscriptions/${id}`,
      authorizationSource: 'RoleBased',
      managedByTenants: [],
      subscriptionId: id,
      tenantId: principal.tenant.id,
      displayName: name,
      state: 'Enabled',
      subscriptionPolicies: {
        locationPlacementId: 'Public_2014-09-01',
        quotaId: 'PayAsYouGo_2014-09-01',
        spendingLimit: 'Off',
      },
    })),
    ...(offset + pageSize < all.length ? { nextLink: next.href } : {}),
    count: { type: 'Total', value: page.length },
  };
}

/** `GET …/providers/Microsoft.Compute/skus` of one location. @throws ApiError if the filter names none */
export function listSkus(filter: string | null): unknown {
  const [, location = ''] = /^\s*location\s+eq\s+'([^']+)'\s*$/i.exec(filter ?? '') ?? [];
  if (findRegion(location.toLowerCase()) === undefined) {
    throw badRequest(
      `The simulation lists the SKUs of one of its locations: $filter=location eq '<name>', not ${filter}`,
    );
  }
  const disks = {
    resourceType: 'disks',
    name: 'Premium_LRS',
    tier: 'Premium',
    size: 'P10',
    ...place(location),
    capabilities: [{ name: 'MaxSizeGiB', value: '128' }],
  };
  return { value: [disks, ...[...vmSizes.values()].map((size) => virtualMachineSku(size, location))] };
}

function virtualMachineSku({ name, family, vcpus, memoryGib, architecture }: VmSize, location: string): unknown {
  const capabilities = {
    vCPUs: vcpus,
    MemoryGB: memoryGib,
    CpuArchitectureType: architecture,
    HyperVGenerations: 'V1,V2',
  };
  return {
    resourceType: 'virtualMachines',
    name,
    tier: 'Standard',
    size: name.replace(/^Standard_/, ''),
    family,
    ...place(location),
    capabilities: Object.entries(capabilities).map(([key, value]) => ({ name: key, value: String(value) })),
  };
}

function place(location: string) {
  return {
    locations: [location],
    locationInfo: [{ location, zones: ['1', '2', '3'], zoneDetails: [] }],
    restrictions: [],
  };
}
