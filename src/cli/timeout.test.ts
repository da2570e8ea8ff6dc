import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { captureOutput } from './captured-output.fixture.ts';
import { startTimeout } from './timeout.ts';

captureOutput();
const emit = vi.fn();
const exit = vi.fn((code: unknown): never => {
  throw new Error(`exit code ${code}`);
});
beforeEach(() => {
  vi.useFakeTimers();
  emit.mockReset();
  exit.mockClear();
  vi.spyOn(process, 'exit').mockImplementation(exit);
  vi.spyOn(process, 'emit').mockImplementation(emit);
});
afterEach(() => void vi.useRealTimers());

it('lets what listens finish what is in flight, however long that takes', () => {
  emit.mockReturnValue(true);
  using timeout = startTimeout();
  timeout.begin(1000);
  vi.advanceTimersByTime(999);
  expect(emit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(3_600_000);
  expect(emit.mock.calls).toEqual([['SIGTERM']]);
  expect(timeout.isOver).toBe(true);
  expect(exit).not.toHaveBeenCalled();
});

it('ends at once where nothing listens', () => {
  emit.mockReturnValue(false);
  using timeout = startTimeout();
  timeout.begin(1000);
  expect(() => vi.advanceTimersByTime(1000)).toThrow('exit code 124');
});

it('ends nothing once the command has ended', () => {
  const timeout = startTimeout();
  timeout.begin(1000);
  timeout[Symbol.dispose]();
  vi.advanceTimersByTime(2000);
  expect([emit.mock.calls, exit.mock.calls, timeout.isOver]).toEqual([[], [], false]);
});
