import { availableMemoryOf, bytesOf, countOf, cpuOf, type Flow, type Machine } from './machine.ts';
import { type Quantity, quarterOf, valueAt } from './quantity.ts';
import type { VirtualMachine } from './virtual-machine.ts';

/** What really happened to one quantity of one machine. */
export interface Truth {
  /** Time-weighted over the seconds observed. */
  readonly avg: number;
  /** The largest sample: of 15 seconds for CPU, else of a minute, as a rate. */
  readonly max: number;
  /** Seconds of the range in which the machine ran (and, for memory, the platform could see it). */
  readonly seconds: number;
}

/** Truths by key (`cpu.utilization` %, `memory.usage` %, bytes, rates per second); a key without data is absent. */
export type Truths = Readonly<Record<string, Truth>>;

/**
 * Computes what a perfect collector would find, minute by minute from the world and not by way of the API.
 *
 * @param range `[start, end)`, epoch seconds on whole minutes
 * @param horizon epoch seconds; what lies from there on has not been published and is left out
 */
export function truthOf(
  vm: VirtualMachine,
  range: { readonly start: number; readonly end: number },
  horizon: number,
): Truths {
  const [from, to] = [Math.ceil(range.start / 60), Math.floor(Math.min(range.end, horizon) / 60)];
  const truths: Record<string, Truth> = {};
  for (const [key, samplesOf] of Object.entries(samplers(vm))) {
    const found = measure(samplesOf, from, to);
    if (found) truths[key] = found;
  }
  return truths;
}

/** The samples of one minute; none where the quantity does not exist. */
type Sampler = (minute: number) => readonly number[];

function samplers(vm: VirtualMachine): Readonly<Record<string, Sampler>> {
  const totalBytes = vm.size.memoryGib * 2 ** 30;
  return {
    'cpu.utilization': each(cpuOf(vm), (percent) => [0, 1, 2, 3].map((quarter) => quarterOf(percent, quarter))),
    'memory.total': each(cpuOf(vm), () => [totalBytes]),
    ...(vm.memoryMetrics
      ? {
          'memory.usage': each(availableMemoryOf(vm), (available) => [100 * (1 - available)]),
          'memory.used': each(availableMemoryOf(vm), (available) => [totalBytes * (1 - available)]),
        }
      : {}),
    'disk.read_iops': rate(vm, 'diskRead', countOf, vm.disks),
    'disk.write_iops': rate(vm, 'diskWrite', countOf, vm.disks),
    'disk.read_throughput': rate(vm, 'diskRead', bytesOf, vm.disks),
    'disk.write_throughput': rate(vm, 'diskWrite', bytesOf, vm.disks),
    'network.received_throughput': rate(vm, 'networkIn', bytesOf, vm.interfaces),
    'network.sent_throughput': rate(vm, 'networkOut', bytesOf, vm.interfaces),
    'network.received_pps': rate(vm, 'networkIn', countOf, vm.interfaces),
    'network.sent_pps': rate(vm, 'networkOut', countOf, vm.interfaces),
  };
}

function each(quantity: Quantity, samplesOf: (value: number) => readonly number[]): Sampler {
  return (minute) => {
    const value = valueAt(quantity, minute);
    return value === undefined ? [] : samplesOf(value);
  };
}

/** Adds a flow's devices, minute by minute. */
function rate(machine: Machine, flow: Flow, of: typeof countOf, devices: 1 | 2): Sampler {
  const parts = devices === 1 ? [of(machine, flow)] : [of(machine, flow, 'first'), of(machine, flow, 'second')];
  return (minute) => {
    const values = parts.map((part) => valueAt(part, minute));
    const known = values.filter((value) => value !== undefined);
    return known.length < values.length ? [] : [known.reduce((sum, value) => sum + value, 0) / 60];
  };
}

function measure(samplesOf: Sampler, from: number, to: number): Truth | undefined {
  let [minutes, sum, max] = [0, 0, Number.NEGATIVE_INFINITY];
  for (let minute = from; minute < to; minute++) {
    const samples = samplesOf(minute);
    if (samples.length === 0) continue;
    minutes++;
    sum += samples.reduce((total, sample) => total + sample, 0) / samples.length;
    max = Math.max(max, ...samples);
  }
  return minutes === 0 ? undefined : { avg: sum / minutes, max, seconds: minutes * 60 };
}
