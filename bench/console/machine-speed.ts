const rounds = 7;
const steps = 5_000_000;
const values = 100_000;

/**
 * Milliseconds of processor that a piece of JavaScript takes which never changes, the least of some rounds: how fast the machine
 * is, whatever else it does.
 */
export function machineMs(): number {
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    fixedWork();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** Numbers, memory, and objects that are made and thrown away; its end depends on all of it, so that nothing can be left out. */
function fixedWork(): string {
  let random = 1;
  for (let step = 0; step < steps; step++) random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0;
  const made = Array.from({ length: values }, (_, at) => ({ at, value: Math.imul(at ^ random, 2_654_435_761) }));
  made.sort((a, b) => a.value - b.value);
  return JSON.stringify(made);
}
