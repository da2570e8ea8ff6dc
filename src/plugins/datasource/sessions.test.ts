import { describe, expect, it } from 'vitest';
import { Sessions } from './sessions.ts';
import { settled, steppedClock } from './stepped-clock.fixture.ts';

const never = new AbortController().signal;

function setUp(limits = { mostSessions: 2, idleMs: 1000 }) {
  const clock = steppedClock();
  const sessions = new Sessions<{ name: string; close(): void }>(clock, limits);
  const log: string[] = [];
  const open = (name: string) => async () => {
    log.push(`open ${name}`);
    return { name, close: () => log.push(`close ${name}`) };
  };
  const use = (name: string, work: () => Promise<unknown> = async () => name) =>
    sessions.use({ key: name }, open(name), work, never);
  return { clock, sessions, log, use };
}

describe('a secret', () => {
  it('signs in once, for all that use it', async () => {
    const { log, use } = setUp();
    expect(await Promise.all([use('a'), use('a')])).toEqual(['a', 'a']);
    await use('a');
    expect(log).toEqual(['open a']);
  });

  it('that was refused is tried again by the next', async () => {
    const { sessions, use } = setUp();
    const refuse = () => Promise.reject(new Error('refused'));
    await expect(sessions.use({ key: 'a' }, refuse, async () => 'never', never)).rejects.toThrow('refused');
    expect(await use('a')).toBe('a');
  });

  it('of one who leaves while it signs in goes on for the others, and is broken off without them', async () => {
    const { sessions } = setUp();
    const seen: AbortSignal[] = [];
    const hang = (signal: AbortSignal) => {
      seen.push(signal);
      return new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    };
    const [first, second] = [new AbortController(), new AbortController()];
    const uses = [first, second].map(({ signal }) => sessions.use({ key: 'a' }, hang, async () => 'never', signal));
    first.abort();
    await expect(uses[0]).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.map(({ aborted }) => aborted)).toEqual([false]);
    second.abort();
    await expect(uses[1]).rejects.toMatchObject({ code: 'cancelled' });
    expect(seen.map(({ aborted }) => aborted)).toEqual([true]);
  });
});

describe('a session is closed', () => {
  it('when there are too many: the least recently used', async () => {
    const { log, use } = setUp();
    for (const name of ['a', 'b', 'a', 'c']) await use(name);
    await settled();
    expect(log).toEqual(['open a', 'open b', 'open c', 'close b']);
  });

  it('when nobody has used it for long', async () => {
    const { clock, log, use } = setUp();
    await use('a');
    await clock.advance(500);
    await use('b');
    await clock.advance(500);
    expect(log).toEqual(['open a', 'open b', 'close a']);
    await clock.advance(500);
    expect(log.at(-1)).toBe('close b');
    await use('a');
    expect(log.at(-1)).toBe('open a');
  });

  it('only after its last user', async () => {
    const { clock, log, use } = setUp({ mostSessions: 1, idleMs: 1000 });
    const done = Promise.withResolvers<void>();
    const using = use('a', () => done.promise);
    await clock.advance(5000);
    await use('b');
    expect(log).toEqual(['open a', 'open b']);
    done.resolve();
    await using;
    await settled();
    expect(log).toEqual(['open a', 'open b', 'close a']);
  });

  it('when it came too late, for one who had left', async () => {
    const { sessions, log, use } = setUp();
    const opened = Promise.withResolvers<{ name: string; close(): void }>();
    const leaving = new AbortController();
    const gone = sessions.use(
      { key: 'a' },
      () => opened.promise,
      async () => 'never',
      leaving.signal,
    );
    leaving.abort();
    await expect(gone).rejects.toMatchObject({ code: 'cancelled' });
    opened.resolve({ name: 'late', close: () => log.push('close late') });
    await use('a');
    await settled();
    expect(log).toEqual(['open a', 'close late']);
  });

  it('with all others at the end', async () => {
    const { sessions, log, use } = setUp();
    await use('a');
    await use('b');
    sessions[Symbol.dispose]();
    await settled();
    expect(log.slice(2).toSorted()).toEqual(['close a', 'close b']);
  });
});
