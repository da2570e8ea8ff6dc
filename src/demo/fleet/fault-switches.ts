/** The faults of a running cloud, changeable while it runs. */
export interface FaultSwitches<Faults> {
  /** The faults in force. */
  readonly current: Faults;
  /** Changes the named ones and leaves the others. */
  set(changes: Partial<Faults>): void;
  /** Back to none. */
  clear(): void;
}

/** Switches that start from `initial` and are cleared to `none`. */
export function makeFaultSwitches<Faults>(none: Faults, initial: Partial<Faults>): FaultSwitches<Faults> {
  let current: Faults = { ...none, ...initial };
  return {
    get current() {
      return current;
    },
    set: (changes) => {
      current = { ...current, ...changes };
    },
    clear: () => {
      current = none;
    },
  };
}
