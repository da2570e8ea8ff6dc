import { z } from 'zod';

/**
 * What makes a server idle, oversized or hot.
 *
 * Compute Optimizer lets the same be chosen ("Rightsizing recommendation preferences"): the percentile of CPU that counts (P90, P95 or
 * P99.5, the default), the headroom that stays free of CPU and memory, and a look-back of 14, 32 or 93 days.
 */
export const PolicySchema = z.strictObject({
  /** Whole UTC days that are looked at. */
  lookBackDays: z.int().min(1).max(400),
  /** 0.95: what the busiest 5 % of the points asked for does not count; 1 counts all. */
  percentile: z.number().min(0.5).max(1),
  /** The part of the vCPUs that stays free on a size that fits, 0.2 for 20 %. */
  cpuHeadroom: z.number().min(0).max(0.9),
  memoryHeadroom: z.number().min(0).max(0.9),
  /** The part of the look-back that has to be measured before anything is said. */
  minimumCoverage: z.number().gt(0).max(1),
  /**
   * Below both of these, at their maximum, a server does nothing. Compute Optimizer calls idle what peaks below 5 % CPU and moves less than
   * 5 MB a day ("Idle criteria per resource"); Google's recommender what stays below 0.03 vCPUs, 2,000 B/s received and 1,000 B/s sent
   * for 95 to 97 % of its time ("Idle VM recommendations").
   */
  idleCpuPercent: z.number().min(0).max(100),
  idleNetworkBytesPerSecond: z.number().min(0),
});
export type Policy = Readonly<z.infer<typeof PolicySchema>>;

/** Named policies, each less wary than the one before. */
export const presets = {
  careful: {
    lookBackDays: 30,
    percentile: 1,
    cpuHeadroom: 0.3,
    memoryHeadroom: 0.3,
    minimumCoverage: 0.95,
    idleCpuPercent: 5,
    idleNetworkBytesPerSecond: 1_000_000,
  },
  standard: {
    lookBackDays: 14,
    percentile: 0.995,
    cpuHeadroom: 0.2,
    memoryHeadroom: 0.2,
    minimumCoverage: 0.9,
    idleCpuPercent: 10,
    idleNetworkBytesPerSecond: 5_000_000,
  },
  bold: {
    lookBackDays: 7,
    percentile: 0.95,
    cpuHeadroom: 0.1,
    memoryHeadroom: 0.1,
    minimumCoverage: 0.75,
    idleCpuPercent: 15,
    idleNetworkBytesPerSecond: 10_000_000,
  },
} as const satisfies Record<string, Policy>;

export const presetNames = ['careful', 'standard', 'bold'] as const satisfies readonly (keyof typeof presets)[];
export type PresetName = (typeof presetNames)[number];

/** The preset that a policy is; `custom` where it is none. */
export function nameOf(policy: Policy): PresetName | 'custom' {
  const keys = PolicySchema.keyof().options;
  return presetNames.find((name) => keys.every((key) => presets[name][key] === policy[key])) ?? 'custom';
}
