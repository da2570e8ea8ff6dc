import type { Channel } from '../../fleet/channel.ts';
import { draw } from '../../fleet/hash.ts';
import { shapes } from '../../fleet/shapes.ts';
import type { Series, Stretch } from '../series.ts';
import type { Managed } from './kinds.ts';

/** How high a quantity is: at rest, what full load adds, and its steps (a power of two). */
export interface Height {
  readonly floor: number;
  readonly span: number;
  readonly cap?: number;
  readonly step: number;
}

/** A state, sampled each minute. */
export function level(resource: Managed, unit: Series['unit'], salt: number, height: Height): Series {
  const kind = unit === 'Percent' ? 'percent' : 'calm-percent';
  const channel = channelOf(resource, salt, height, kind);
  return { unit, channel, stretches: minutesOf(resource), perOperation: false };
}

/** What was moved in a minute; `Height` is that of five. */
export function amount(resource: Managed, unit: Series['unit'], salt: number, height: Height): Series {
  const channel = channelOf(resource, salt, height, 'amount');
  return { unit, channel, stretches: minutesOf(resource), perOperation: false };
}

/** Such an amount of which no sample is sent where it is zero. */
export function sparse(resource: Managed, unit: Series['unit'], salt: number, height: Height): Series {
  return { ...amount(resource, unit, salt, height), sparse: true };
}

/** Things that happen, so many in five minutes: each a sample of 1. */
export function events(resource: Managed, salt: number, height: Height): Series {
  const channel = channelOf(resource, salt, height, 'amount');
  return { unit: 'Count', channel, stretches: stretchesOf(resource, 300), perOperation: false, isEvents: true };
}

/** How long each of them took, as multiples of `unitBytes` by `scale`. */
export function durations(of: Series, unit: Series['unit'], steps: number, scale: number): Series {
  return { ...of, unit, channel: { ...of.channel, unitBytes: steps }, perOperation: true, isEvents: false, scale };
}

/** One sample a day, at midnight. */
export function dailyLevel(resource: Managed, unit: Series['unit'], salt: number, height: Height): Series {
  const channel = channelOf(resource, salt, height, 'calm-percent');
  return { unit, channel, stretches: stretchesOf(resource, 86_400), perOperation: false };
}

function channelOf(resource: Managed, salt: number, height: Height, kind: Channel['kind']): Channel {
  const factor = 0.6 + 0.7 * draw(resource.seed, salt);
  return {
    seed: resource.seed,
    salt: Math.imul(salt, 0x9e3779b1),
    shape: shapes[resource.shape],
    utcOffsetHours: resource.cell.region.utcOffsetHours,
    floor: height.floor,
    span: height.span * factor,
    cap: height.cap ?? Number.MAX_SAFE_INTEGER,
    spikes: 300,
    stepsPerUnit: 1 / height.step,
    shareOfStep: height.step,
    wholeBelow: 0,
    unitBytes: 0,
    kind,
  };
}

function minutesOf(resource: Managed): readonly Stretch[] {
  return stretchesOf(resource, 60);
}

function stretchesOf({ life: { runs } }: Managed, sampleSeconds: Stretch['sampleSeconds']): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let i = 0; i + 1 < runs.length; i += 2)
    stretches.push({ from: runs[i] ?? 0, to: runs[i + 1] ?? 0, sampleSeconds });
  return stretches;
}
