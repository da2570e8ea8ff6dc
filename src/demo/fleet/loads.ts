import type { ShapeName } from './shapes.ts';

/** How hard a server works. CPU in percent; the rates are per second and virtual CPU at full load. */
export interface Load {
  readonly shape: ShapeName;
  readonly cpuFloor: number;
  readonly cpuSpan: number;
  readonly cpuCap: number;
  /** Chance that a five-minute sample is a spike. */
  readonly spikes: number;
  readonly packets: number;
  readonly operations: number;
}

/** The loads that groups of servers carry. An idle one stays below 7 % even in its busiest minute. */
export const loads = {
  idle: { shape: 'flat', cpuFloor: 0.2, cpuSpan: 3, cpuCap: 3.5, spikes: 0, packets: 3, operations: 0.4 },
  web: { shape: 'business', cpuFloor: 4, cpuSpan: 48, cpuCap: 92, spikes: 0.004, packets: 900, operations: 12 },
  batch: { shape: 'nightly', cpuFloor: 1, cpuSpan: 95, cpuCap: 100, spikes: 0.002, packets: 250, operations: 140 },
  hot: { shape: 'plateau', cpuFloor: 55, cpuSpan: 35, cpuCap: 100, spikes: 0.02, packets: 2500, operations: 60 },
  replica: { shape: 'business', cpuFloor: 9, cpuSpan: 30, cpuCap: 85, spikes: 0.006, packets: 500, operations: 260 },
  dev: { shape: 'office', cpuFloor: 2, cpuSpan: 35, cpuCap: 100, spikes: 0.03, packets: 60, operations: 25 },
} as const satisfies Record<string, Load>;
