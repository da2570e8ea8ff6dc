import { draw } from './hash.ts';

/** Length of the grid on which the simulation makes its values, in seconds: basic monitoring's sample. */
export const slotSeconds = 300;

/** Slots in a day and in a week. */
export const slotsPerDay = 288;
export const slotsPerWeek = 7 * slotsPerDay;

/** In a shape: the server does not run then. */
export const off = -1;

/** Local hours between which the weekday boxes run. */
export const officeHours = { from: 8, to: 19 } as const;

/** How busy something is in each five minutes of a local week from Monday 00:00: 0 at rest, 1 at its fullest. */
export type Shape = Float64Array;

/** The rhythms that the fleet lives by. */
export const shapes = {
  flat: shapeOf(() => 0.5),
  business: shapeOf((day, hour) => workday(hour) * (day < 5 ? 1 : 0.45)),
  nightly: shapeOf((day, hour) => (hour >= 1 && hour < 4 ? 0.9 : hourlyBurst(day, hour))),
  plateau: shapeOf((_, hour) => 0.8 + 0.2 * Math.sin((hour / 12) * Math.PI)),
  office: shapeOf((day, hour) =>
    day < 5 && hour >= officeHours.from && hour < officeHours.to ? 0.3 + 0.7 * workday(hour) : off,
  ),
} as const;

/** The name of a rhythm. */
export type ShapeName = keyof typeof shapes;

/** Index into a shape of a slot, where `slot` counts five minutes from 1970 (a Thursday) in UTC. */
export function weekIndexOf(slot: number, utcOffsetHours: number): number {
  return (slot + utcOffsetHours * 12 + 3 * slotsPerDay) % slotsPerWeek;
}

function shapeOf(level: (day: number, hour: number) => number): Shape {
  return Float64Array.from({ length: slotsPerWeek }, (_, slot) =>
    level(Math.floor(slot / slotsPerDay), (slot % slotsPerDay) / 12),
  );
}

/** Rises through the morning, dips at lunch, falls in the evening. */
function workday(hour: number): number {
  const day = Math.exp(-(((hour - 11) / 3.2) ** 2)) + 0.9 * Math.exp(-(((hour - 16) / 3.5) ** 2));
  return Math.min(1, 0.12 + 0.85 * day);
}

/** A job in about a third of the hours, for its first quarter. */
function hourlyBurst(day: number, hour: number): number {
  return hour % 1 < 0.25 && draw(day, Math.floor(hour)) < 0.35 ? 0.7 : 0.05;
}
