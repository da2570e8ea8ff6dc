import { availableMemoryOf, bytesOf, countOf, cpuOf, type Flow, type Machine } from './machine.ts';
import { type Quantity, quarterOf, valueAt } from './quantity.ts';
import type { Resource } from './resource.ts';
import { diskBytes } from './resource-properties.ts';
import type { ScaleSet } from './scale-set.ts';
import { type SqlDatabase, sqlCountOf, sqlMemoryOf, sqlPercentOf, sqlStorageOf } from './sql-database.ts';
import { looseOrdinal, type VirtualMachine } from './virtual-machine.ts';

/** What really happened to one quantity of one resource. */
export interface Truth {
  /** Of all samples: of what has one a minute that is the average over the seconds observed. */
  readonly avg: number;
  /** The extremes of samples: of 15 seconds for CPU of machines, of five minutes for what many do together and for connections, else of a minute, as a rate. */
  readonly max: number;
  readonly min: number;
  /** Seconds of the range in which the resource ran (and, for memory, the platform could see it). */
  readonly seconds: number;
}

/** Truths by key (`cpu.utilization` %, `memory.usage` %, bytes, rates per second); a key without data is absent. */
export type Truths = Readonly<Record<string, Truth>>;

/**
 * Computes what a perfect collector would find, minute by minute from the world and not by way of the API.
 *
 * @param range `[start, end)`, epoch seconds on whole slots of five minutes
 * @param horizon epoch seconds; what lies from there on has not been published and is left out
 */
export function truthOf(
  resource: Resource,
  range: { readonly start: number; readonly end: number },
  horizon: number,
): Truths {
  const [from, to] = [Math.ceil(range.start / 60), Math.floor(Math.min(range.end, horizon) / 60)];
  const truths: Record<string, Truth> = {};
  for (const [key, samplesOf] of Object.entries(samplersOf(resource))) {
    const found = measure(samplesOf, from, to);
    if (found) truths[key] = found;
  }
  return truths;
}

/** The samples of one minute; none where the quantity does not exist. */
interface Sampler {
  readonly samplesOf: (minute: number) => readonly number[];
  /** Its extremes are those of five minutes. */
  readonly inSlots?: true;
}
type Samplers = Readonly<Record<string, Sampler>>;

const slotMinutes = 5;

function samplersOf(resource: Resource): Samplers {
  switch (resource.type) {
    case 'microsoft.compute/virtualmachines':
      return samplersOfMachine(resource.vm);
    case 'microsoft.compute/disks':
      return samplersOfDisk(resource.vm, resource.ordinal);
    case 'microsoft.compute/virtualmachinescalesets':
      return samplersOfSet(resource.scaleSet);
    case 'microsoft.sql/servers/databases':
      return samplersOfDatabase(resource.database);
    case 'microsoft.network/networkinterfaces':
      return {};
  }
}

function samplersOfMachine(vm: VirtualMachine): Samplers {
  const totalBytes = vm.size.memoryGib * 2 ** 30;
  return {
    'cpu.utilization': cpu(vm),
    'memory.total': each(cpuOf(vm), () => [totalBytes]),
    ...(vm.memoryMetrics
      ? {
          'memory.usage': memoryUsage(vm),
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

/** A disk works while a machine that has it runs. */
function samplersOfDisk(vm: VirtualMachine, ordinal: number): Samplers {
  if (ordinal === looseOrdinal) return {};
  const second = ordinal === 0 ? 'first' : 'second';
  const part = vm.disks === 1 ? 'whole' : second;
  const perSecond = (flow: Flow, of: typeof countOf) => each(of(vm, flow, part), (value) => [value / 60]);
  return {
    'disk.read_iops': perSecond('diskRead', countOf),
    'disk.write_iops': perSecond('diskWrite', countOf),
    'disk.read_throughput': perSecond('diskRead', bytesOf),
    'disk.write_throughput': perSecond('diskWrite', bytesOf),
    'storage.total': each(countOf(vm, 'diskRead', part), () => [diskBytes(vm, ordinal)]),
  };
}

/** Of percentages each instance is a sample; all else is what they do together. */
function samplersOfSet({ instances }: ScaleSet): Samplers {
  const ofEach = (of: (machine: Machine) => Sampler): Sampler => {
    const all = instances.map((one) => of(one).samplesOf);
    return { samplesOf: (minute) => all.flatMap((samplesOf) => samplesOf(minute)) };
  };
  const together = (flow: Flow, of: typeof countOf): Sampler => {
    const all = instances.map((one) => of(one, flow));
    return {
      inSlots: true,
      samplesOf: (minute) => {
        const values = all.flatMap((quantity) => valueAt(quantity, minute) ?? []);
        return values.length === 0 ? [] : [values.reduce((sum, value) => sum + value, 0) / 60];
      },
    };
  };
  return {
    'cpu.utilization': ofEach(cpu),
    'memory.usage': ofEach(memoryUsage),
    'disk.read_iops': together('diskRead', countOf),
    'disk.write_iops': together('diskWrite', countOf),
    'disk.read_throughput': together('diskRead', bytesOf),
    'disk.write_throughput': together('diskWrite', bytesOf),
    'network.received_throughput': together('networkIn', bytesOf),
    'network.sent_throughput': together('networkOut', bytesOf),
  };
}

function samplersOfDatabase(database: SqlDatabase): Samplers {
  const { maxSizeBytes } = database;
  const state = (value: number) => [value];
  return {
    'cpu.utilization': each(sqlPercentOf(database, 'cpu'), state),
    'memory.usage': each(sqlMemoryOf(database), state),
    'storage.total': each(sqlStorageOf(database), () => [maxSizeBytes]),
    'storage.used': each(sqlStorageOf(database), state),
    'storage.free': each(sqlStorageOf(database), (used) => [maxSizeBytes - used]),
    'storage.usage': each(sqlStorageOf(database), (used) => [(100 * used) / maxSizeBytes]),
    'connections.active': each(sqlCountOf(database, 'sessions'), state),
    'connections.rate': { ...each(sqlCountOf(database, 'connections'), (made) => [made / 60]), inSlots: true },
  };
}

function cpu(machine: Machine): Sampler {
  return each(cpuOf(machine), (percent) => [0, 1, 2, 3].map((quarter) => quarterOf(percent, quarter)));
}

function memoryUsage(machine: Machine): Sampler {
  return each(availableMemoryOf(machine), (available) => [100 * (1 - available)]);
}

function each(quantity: Quantity, samplesOf: (value: number) => readonly number[]): Sampler {
  return {
    samplesOf: (minute) => {
      const value = valueAt(quantity, minute);
      return value === undefined ? [] : samplesOf(value);
    },
  };
}

/** Adds a flow's devices, minute by minute. */
function rate(machine: Machine, flow: Flow, of: typeof countOf, devices: 1 | 2): Sampler {
  const parts = devices === 1 ? [of(machine, flow)] : [of(machine, flow, 'first'), of(machine, flow, 'second')];
  return {
    samplesOf: (minute) => {
      const values = parts.map((part) => valueAt(part, minute));
      const known = values.filter((value) => value !== undefined);
      return known.length < values.length ? [] : [known.reduce((sum, value) => sum + value, 0) / 60];
    },
  };
}

function measure({ samplesOf, inSlots }: Sampler, from: number, to: number): Truth | undefined {
  let [minutes, count, sum, slot] = [0, 0, 0, 0];
  let [max, min] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  const take = (value: number) => {
    if (value > max) max = value;
    if (value < min) min = value;
  };
  for (let minute = from; minute < to; minute++) {
    const samples = samplesOf(minute);
    let own = 0;
    for (const sample of samples) {
      own += sample;
      if (!inSlots) take(sample);
    }
    slot = minute % slotMinutes === 0 ? own : slot + own;
    if (samples.length === 0) continue;
    if (inSlots && minute % slotMinutes === slotMinutes - 1) take(slot / slotMinutes);
    minutes++;
    count += samples.length;
    sum += own;
  }
  return minutes === 0 ? undefined : { avg: sum / count, max, min, seconds: minutes * 60 };
}
