import type { Load } from './load.ts';
import type { Policy } from './policy.ts';
import type { Size } from './size.ts';

/** What a server asks of any size, of what its own size gives it. */
export interface Demand {
  /** Its own size. */
  readonly size: Pick<Size, 'vcpus' | 'gib'>;
  readonly cpu: Load;
  /** Null where memory is not known. */
  readonly memory: Load | null;
}

/** Why a size does not do. */
export type Shortage = 'cpu' | 'memory' | 'credits';

/** So that a load that fills a size exactly is not turned away by the last digit. */
const tolerance = 1 + 1e-9;

/**
 * What a size is short of for a demand; nothing where it fits.
 *
 * A load fits where the headroom of the policy stays free. A size that earns CPU credits must earn in a day what the busiest day spends:
 * an average at its baseline spends what is earned ("Key concepts for burstable performance instances"; credits of 24 hours can be saved).
 * Memory that is not known is not judged.
 */
export function shortageOf(size: Size, demand: Demand, policy: Policy): Shortage | null {
  const percent = projected(size, demand);
  if (percent.cpu > 100 * (1 - policy.cpuHeadroom) * tolerance) return 'cpu';
  if (percent.memory !== null && percent.memory > 100 * (1 - policy.memoryHeadroom) * tolerance) return 'memory';
  const spent = (demand.cpu.busiestDay * demand.size.vcpus) / size.vcpus;
  if (size.baseline !== undefined && spent > 100 * size.baseline * tolerance) return 'credits';
  return null;
}

/** The same load in percent of another size. */
export function projected(size: Size, { size: own, cpu, memory }: Demand): { cpu: number; memory: number | null } {
  return {
    cpu: (cpu.peak * own.vcpus) / size.vcpus,
    memory: memory === null ? null : (memory.peak * own.gib) / size.gib,
  };
}
