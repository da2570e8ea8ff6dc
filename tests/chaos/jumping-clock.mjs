/** Loaded before a process begins: its wall clock jumps ahead after two seconds, and far back after four more. */
const real = Date.now;
const begun = performance.now();

const jumps = [
  { afterMs: 2_000, byMs: 3 * 3_600_000 },
  { afterMs: 6_000, byMs: -2 * 3_600_000 },
];

Date.now = () => {
  const passedMs = performance.now() - begun;
  const jump = jumps.findLast(({ afterMs }) => passedMs >= afterMs);
  return real() + (jump?.byMs ?? 0);
};
