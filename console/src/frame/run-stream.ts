import type { QueryClient } from '@tanstack/react-query';
import type { JobChange, JobDetail, JobEvents, Reply } from '../../../src/server/api.ts';
import { jobQuery } from '../api.ts';

/** `live`: changes come; `lost`: they do not, and it is tried again; `paused`: the reader wants to see nothing move. */
export type StreamState = 'off' | 'live' | 'lost' | 'paused';

/** How long to wait where the browser itself gave up, in milliseconds. */
const retryMs = 4_000;
/** How often a run is asked for while its stream is lost, in milliseconds. */
const pollMs = 5_000;

type Told =
  | { readonly [N in keyof JobEvents]: { readonly name: N; readonly data: JobEvents[N] } }[keyof JobEvents]
  /** Said again as long as it lasts. */
  | { readonly name: 'lost' };

/** Said between tabs: one that joins has missed what came before, and is told the whole by the one that reads. */
type Message = Told | { readonly name: 'joined' };

/**
 * The events of a running job, for all tabs of a browser by one connection: HTTP/1.1 has six of them for a host. The tab
 * that has the lock reads, and tells the others; when it goes, another one gets the lock.
 */
export class RunStream {
  #state: StreamState = 'off';
  readonly #listeners = new Set<() => void>();
  readonly #id: number;
  readonly #queries: QueryClient;
  #stop: AbortController | undefined;
  /** Whether all that was told since the start adds up to the run, so that no answer knows more. */
  #isWhole = false;
  #hasEnded = false;

  constructor(id: number, queries: QueryClient) {
    this.#id = id;
    this.#queries = queries;
  }

  readonly state = (): StreamState => this.#state;

  /** For useSyncExternalStore: it runs while somebody listens. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#stop === undefined && this.#state !== 'paused') this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#end('off');
      // It is left as it runs no more. Who says so may have been faster than the stream.
      if (!this.#hasEnded) this.#askAnew();
    };
  };

  /** Stops what moves on the screen, or goes on with the newest state. */
  pause(isPaused: boolean): void {
    if (isPaused) this.#end('paused');
    else if (this.#state === 'paused') this.#start();
  }

  #start(): void {
    const stop = new AbortController();
    this.#stop = stop;
    this.#hasEnded = false;
    this.#become('off');
    const name = `fleetgauge.run.${this.#id}`;
    const channel = new BroadcastChannel(name);
    const tell = (message: Message) => channel.postMessage(message);
    let isReading = false;
    channel.onmessage = ({ data: message }: MessageEvent<Message>) => {
      if (message.name !== 'joined') return this.#take(message);
      const data = this.#isWhole ? this.#queries.getQueryData(jobQuery(this.#id).queryKey) : undefined;
      if (isReading && data !== undefined) tell({ name: 'snapshot', data });
    };
    stop.signal.addEventListener('abort', () => channel.close());
    const lead = () => {
      isReading = true;
      return this.#read(stop.signal, tell);
    };
    this.#isWhole = false;
    tell({ name: 'joined' });
    // Where there are no locks, each tab reads for itself: they take a secure context, as localhost and TLS are.
    const locks: LockManager | undefined = navigator.locks;
    if (locks === undefined) void lead();
    else void locks.request(name, { signal: stop.signal }, lead).catch(() => {});
    void this.#queries.invalidateQueries({ queryKey: jobQuery(this.#id).queryKey });
  }

  #end(state: StreamState): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#become(state);
  }

  /** Until it is stopped, or the run ends. */
  #read(signal: AbortSignal, tell: (told: Told) => void): Promise<void> {
    return new Promise((resolve) => {
      let source: EventSource;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const isLost = () => {
        this.#take({ name: 'lost' });
        tell({ name: 'lost' });
      };
      const poll = setInterval(() => this.#state === 'lost' && isLost(), pollMs);
      const close = () => {
        clearTimeout(timer);
        clearInterval(poll);
        source.close();
        resolve();
      };
      const on = <N extends keyof JobEvents>(name: N, make: (data: JobEvents[N]) => Told) =>
        source.addEventListener(name, (event) => {
          const told = make(JSON.parse(event.data));
          this.#take(told);
          tell(told);
          if (name === 'end') close();
        });
      const open = () => {
        source = new EventSource(`/api/jobs/${this.#id}/events`);
        source.onopen = () => this.#become('live');
        source.onerror = () => {
          if (this.#state !== 'lost') isLost();
          if (source.readyState === EventSource.CLOSED) timer = setTimeout(open, retryMs);
        };
        on('snapshot', (data) => ({ name: 'snapshot', data }));
        on('change', (data) => ({ name: 'change', data }));
        on('end', (data) => ({ name: 'end', data }));
      };
      open();
      signal.addEventListener('abort', close);
    });
  }

  #take(told: Told): void {
    const { queryKey } = jobQuery(this.#id);
    switch (told.name) {
      case 'snapshot':
        this.#isWhole = true;
        // An answer that is still on its way is older.
        void this.#queries.cancelQueries({ queryKey });
        this.#queries.setQueryData(queryKey, told.data);
        this.#become('live');
        break;
      case 'change':
        // Before the whole is there it comes with it, and an answer brings what was missed.
        if (this.#isWhole) void this.#queries.cancelQueries({ queryKey });
        this.#queries.setQueryData(queryKey, (kept) => kept && changed(kept, told.data.data));
        this.#become('live');
        break;
      case 'lost':
        this.#become('lost');
        void this.#queries.invalidateQueries({ queryKey });
        break;
      case 'end':
        void this.#queries.cancelQueries({ queryKey });
        this.#queries.setQueryData(
          queryKey,
          (kept) => kept && { ...kept, data: { ...kept.data, job: told.data.data } },
        );
        this.#hasEnded = true;
        this.#become('off');
        this.#askAnew();
    }
  }

  /** A run changes what nearly every page shows: of all that, what is on the screen now is asked for at once. */
  #askAnew(): void {
    void this.#queries.invalidateQueries();
  }

  #become(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function changed({ data, meta }: Reply<JobDetail>, { job, tasks, ledger }: JobChange): Reply<JobDetail> {
  const news = new Map(tasks.map((task) => [task.id, task]));
  return {
    meta,
    data: { job, tasks: data.tasks.map((task) => news.get(task.id) ?? task), ledger: ledger ?? data.ledger },
  };
}
