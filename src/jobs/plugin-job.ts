import { Ledger } from '#collect/ledger.ts';
import { mapConcurrent } from '#collect/map-concurrent.ts';
import { CollectError, reportOf } from '#model/errors.ts';
import { noCost } from '#model/fleet.ts';
import { collectTask, type TaskResult } from '#platform/plugin/collect-task.ts';
import { type OpenPlugin, openPlugin } from '#platform/plugin/open-plugin.ts';
import type { Fields, Peer, PluginCall } from '#platform/plugin/peer.ts';
import { redactError } from '#platform/plugin/redact.ts';
import { openPluginSecret, type PluginRoom } from '#platform/plugin/registry.ts';
import {
  addCounts,
  type Counts,
  type FinalJobState,
  heartbeatLimitMs,
  type Job,
  noCounts,
  stateOfTasks,
  type Task,
  type TaskId,
} from '#store/jobs.ts';
import type { Plugin } from '#store/plugins.ts';
import type { Store } from '#store/store.ts';
import type { TaskClaim } from '#store/tasks.ts';
import { refuseBusy } from './collect-job.ts';
import { askParts, draftsOf, type Parts } from './plugin-parts.ts';
import { storedLedger } from './stored-ledger.ts';
import { watchForCancel } from './watch-for-cancel.ts';

export interface PluginJobContext {
  readonly room: PluginRoom;
  /** Aborted: streams are broken off; what they told is stored. */
  readonly signal: AbortSignal;
}

const heartbeatMs = heartbeatLimitMs / 6;

/**
 * Collects by a plugin, as a job: each part that the plugin cuts its work into is a task, and fails alone. A plugin that does not
 * even start leaves a job, too, which says why.
 *
 * @throws CollectError `conflict` where the plugin is collecting now; `secret_rejected` where its secret cannot be opened
 */
export async function runPluginJob(plugin: Plugin, { room, signal }: PluginJobContext): Promise<Job> {
  const { store, host } = room;
  const secretData = await openPluginSecret(room, plugin);
  await refuseSecond(store, plugin, host.clock.now());
  const provider = plugin.account === undefined ? undefined : (await store.accounts.get(plugin.account)).provider;
  return new PluginRun({ plugin, call: { options: plugin.options, secretData }, provider }, room, signal).run();
}

interface Subject {
  readonly plugin: Plugin;
  readonly call: PluginCall;
  /** Of the account whose secret it is given. */
  readonly provider: string | undefined;
}

class PluginRun {
  readonly #plugin: Plugin;
  readonly #call: PluginCall;
  readonly #provider: string | undefined;
  readonly #room: PluginRoom;
  readonly #ledger = new Ledger();
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  readonly #counts = new Map<TaskId, Counts>();
  #failure: CollectError | undefined;

  constructor({ plugin, call, provider }: Subject, room: PluginRoom, signal: AbortSignal) {
    this.#plugin = plugin;
    this.#call = call;
    this.#provider = provider;
    this.#room = room;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  async run(): Promise<Job> {
    const { name, reach } = this.#plugin;
    let opened: OpenPlugin;
    try {
      opened = await openPlugin({ name, reach, secretData: this.#call.secretData }, this.#room.host);
    } catch (caught) {
      return this.#collect(undefined, { error: CollectError.from(caught) });
    }
    await using open = opened;
    const request = { plugin: this.#plugin, call: this.#call, store: this.#room.store };
    const parts = await askParts(open, { ...request, ledger: this.#ledger, signal: this.#signal });
    return await this.#collect(open, parts);
  }

  async #collect(open: OpenPlugin | undefined, parts: Parts): Promise<Job> {
    const { store, host } = this.#room;
    const { id } = this.#plugin;
    const { now } = host.clock;
    const { job, tasks } = await this.#createJob(parts);
    await store.plugins.update(id, { lastJob: job.id });
    const soFar = () => ({ counts: this.#counts.values().reduce(addCounts, noCounts), spent: noCost });
    const pulse = setInterval(() => void store.jobs.heartbeat(job.id, now(), soFar()).catch(() => {}), heartbeatMs);
    using cancel = watchForCancel(store, job.id);
    cancel.requested.addEventListener('abort', () => this.#stop.abort());
    let state: FinalJobState = 'FAILURE';
    try {
      if (open !== undefined && 'tasks' in parts) {
        const work = parts.tasks.flatMap((part, at) => {
          const task = tasks[at];
          return task === undefined ? [] : { task, part };
        });
        const run = ({ task, part }: (typeof work)[number]) => this.#task(open, task, part);
        for await (const _ of mapConcurrent(work, parts.concurrency, run));
      }
      if (this.#failure !== undefined) throw this.#failure;
      state = stateOfTasks((await store.jobs.get(job.id)).tasks);
    } finally {
      clearInterval(pulse);
      await store.transaction(async (tx) => {
        await tx.jobs.addToLedger(job.id, storedLedger(this.#ledger));
        await tx.jobs.finish(job.id, { state, ...soFar() }, now());
      });
    }
    const ended = await store.jobs.get(job.id);
    const [error] = ended.tasks.flatMap((task) => task.error ?? []);
    const status =
      error === undefined ? ({ state: 'OK', at: now() } as const) : ({ state: 'FAILED', at: now(), error } as const);
    if (state !== 'CANCELED') await store.plugins.update(id, { status }).catch(() => {});
    return ended.job;
  }

  #createJob(parts: Parts) {
    const { store, host } = this.#room;
    const { name } = this.#plugin;
    const tasks = draftsOf(this.#plugin, this.#provider, parts);
    return store.transaction(async (tx) => {
      await tx.jobs.takeTurn();
      await refuseSecond(tx, this.#plugin, host.clock.now());
      return tx.jobs.create(
        {
          demo: false,
          options: { plugin: name },
          plan: { tasks: tasks.length },
          planned: noCost,
          ownerPid: process.pid,
          tasks,
        },
        host.clock.now(),
      );
    });
  }

  /** Never throws: what is no failure of the task ends the whole run. */
  async #task(open: OpenPlugin, task: Task, part: Fields | undefined): Promise<void> {
    try {
      await this.#runTask(open, task, part);
    } catch (caught) {
      this.#failure ??= CollectError.from(caught);
      this.#stop.abort();
    }
  }

  async #runTask(open: OpenPlugin, task: Task, part: Fields | undefined): Promise<void> {
    const { store, host } = this.#room;
    const { now } = host.clock;
    const claim = await store.tasks.begin(task.id, `process ${process.pid}`, now());
    if (claim === undefined) throw new CollectError('conflict', `task ${task.id} has ended already`);
    if (this.#signal.aborted) return store.tasks.end(claim, { state: 'CANCELED' }, now());
    const { state, progress, error } = await this.#stream(open, task, claim, part);
    this.#ledger.settle(
      { api: 'Collector.collect', account: task.account, region: task.region },
      0,
      error === undefined ? undefined : new CollectError(error.code, error.message),
    );
    this.#counts.set(task.id, progress.counts ?? noCounts);
    await store.tasks.end(claim, { ...progress, state, ...(error === undefined ? {} : { error }) }, now());
  }

  async #stream(open: OpenPlugin, task: Task, claim: TaskClaim, part: Fields | undefined): Promise<TaskResult> {
    const { store, host } = this.#room;
    let peer: Peer;
    try {
      peer = await open.connect(this.#signal);
    } catch (caught) {
      const error = redactError(CollectError.from(caught), open.redact);
      const state = this.#signal.aborted ? 'CANCELED' : 'FAILURE';
      return { state, progress: {}, error: reportOf(error) };
    }
    using connected = peer;
    return await collectTask({
      messages: connected.collect(this.#call, part),
      read: {
        generation: connected.generation,
        plugin: this.#plugin.name,
        limits: open.limits,
      },
      store,
      job: claim.job,
      redact: open.redact,
      isCanceled: () => this.#signal.aborted,
      now: host.clock.now,
      along: async (tx, progress) => {
        await tx.tasks.progress(claim, progress);
        this.#counts.set(task.id, progress.counts ?? noCounts);
      },
    });
  }
}

async function refuseSecond(store: Store, { name }: Plugin, now: number): Promise<void> {
  await store.jobs.adoptInterrupted(now);
  await refuseBusy(store, [name]);
}
