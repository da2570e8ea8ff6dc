import type { CallLimit } from '#model/calls.ts';
import { type ResourceType, serverType } from '#model/resource-type.ts';

/** What the cloud has and measures, servers first. Source: the cloud's reference of metrics. */
export const resourceTypes = [
  {
    id: serverType,
    label: 'Virtual server',
    group: 'Compute',
    type: 'Server',
    metrics: ['cpu.utilization'],
  },
] as const satisfies readonly ResourceType[];

/** Servers that one call for metrics may name. Source: the reference of that call. */
export const serversPerCall = 100;

/** Somewhat below what the cloud allows. Source: its page of rate limits. */
export const limits = {
  'template_cloud:account': { perSecond: 5, timeoutMs: 15_000 },
  'template_cloud:servers': { perSecond: 10, timeoutMs: 30_000 },
  'template_cloud:metrics': { perSecond: 20, timeoutMs: 30_000 },
} as const satisfies Record<string, CallLimit>;
export type Api = keyof typeof limits;
