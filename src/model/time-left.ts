/** How far a run is. */
export interface RunPace {
  /** How long it has run. */
  readonly seconds: number;
  /** Billed ones, made so far. */
  readonly calls: number;
  /** As many as its plan said. */
  readonly plannedCalls: number;
}

/** Less of a run than this tells nothing about the rest. */
const leastPart = 0.02;

/** The part of its planned calls that a run has made, 0 to 1; all where none was planned. */
export function partOfCalls({ calls, plannedCalls }: Omit<RunPace, 'seconds'>): number {
  return plannedCalls === 0 ? 1 : Math.min(1, calls / plannedCalls);
}

/** How long a run takes yet, in seconds, at the pace that it had so far; undefined while that tells nothing, and where all calls are made. */
export function secondsLeft({ seconds, ...pace }: RunPace): number | undefined {
  const part = partOfCalls(pace);
  return part > leastPart && part < 1 ? (seconds / part) * (1 - part) : undefined;
}
