import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CallStep } from '#collect/gate.ts';
import { taskPhases } from '#store/jobs.ts';
import { PhaseLog } from './phase-log.ts';

function logAt(start: number) {
  const clock = { now: start };
  return { clock, log: new PhaseLog([], () => clock.now) };
}

it('tells what a task was busy with, and for how long', async () => {
  const { clock, log } = logAt(0);
  const pass = (ms: number) => {
    clock.now += ms;
  };
  log.step(false, undefined, 'sent');
  pass(10);
  log.step(false, 'sent', undefined);
  log.step(true, undefined, 'turn');
  pass(20);
  log.step(true, 'turn', 'sent');
  pass(30);
  log.step(true, 'sent', 'pause');
  pass(40);
  log.step(true, 'pause', 'sent');
  pass(50);
  log.step(true, 'sent', undefined);
  await log.writing(async () => pass(5));
  expect(log.spans()).toEqual([
    ['discovery', 0, 10],
    ['quota', 10, 30],
    ['metrics', 30, 60],
    ['retry', 60, 100],
    ['metrics', 100, 150],
    ['write', 150, 155],
  ]);
});

it('waits only where every call does', () => {
  const { clock, log } = logAt(0);
  log.step(true, undefined, 'sent');
  log.step(true, undefined, 'turn');
  clock.now = 100;
  expect(log.spans()).toEqual([['metrics', 0, 100]]);
});

it('goes on after what earlier attempts did', () => {
  const log = new PhaseLog([['metrics', 0, 10]], () => 50);
  expect(log.spans()).toEqual([['metrics', 0, 10]]);
  log.step(true, undefined, 'sent');
  expect(log.spans()).toEqual([['metrics', 0, 10]]);
});

it('keeps no more than it may, without a gap and in order, however long it goes on', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.constantFrom<CallStep>('turn', 'sent', 'pause'), fc.boolean(), fc.integer({ min: 0, max: 50 })),
      ),
      fc.integer({ min: 1, max: 40 }),
      (steps, times) => {
        const { clock, log } = logAt(1_000);
        for (let round = 0; round < times; round++) {
          for (const [step, isMetric, ms] of steps) {
            log.step(isMetric, undefined, step);
            clock.now += ms;
            log.step(isMetric, step, undefined);
          }
        }
        const spans = log.spans();
        expect(spans.length).toBeLessThanOrEqual(48);
        let at = 1_000;
        for (const [phase, from, to] of spans) {
          expect(taskPhases).toContain(phase);
          expect(from).toBe(at);
          expect(to).toBeGreaterThan(from);
          at = to;
        }
        expect(at).toBe(clock.now);
      },
    ),
    { numRuns: 50, seed: 7 },
  );
});
