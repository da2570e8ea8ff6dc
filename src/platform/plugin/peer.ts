import type { Clock } from '#collect/clock.ts';
import { CollectError } from '#model/errors.ts';
import { Client } from '#wire/client.ts';
import { Endpoint } from '#wire/endpoint.ts';
import { CollectorDefinition, type ResourceInfo } from '#wire/gen/v2/spaceone/api/inventory/plugin/collector.ts';
import { JobDefinition } from '#wire/gen/v2/spaceone/api/inventory/plugin/job.ts';
import type { Generation } from '#wire/generation.ts';
import { PlatformCode } from '#wire/platform-error.ts';
import { generationOf } from './generation-of.ts';
import type { PluginLimits } from './limits.ts';
import { type Sized, sized } from './sized.ts';

/** A Struct, as one has it. */
export type Fields = Readonly<Record<string, unknown>>;

/** What every call of a collection carries. */
export interface PluginCall {
  readonly options: Fields;
  readonly secretData: Fields;
}

/** One message of a stream; those of both generations have the same fields. */
export type PluginMessage = Sized<ResourceInfo>;

export interface PeerContext {
  readonly limits: PluginLimits;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A collector plugin at the other end of a channel. What it says is not to be trusted; what it does is bounded. */
export class Peer implements Disposable {
  readonly generation: Generation;
  readonly #client: Client;
  readonly #context: PeerContext;
  readonly #definitions: ReturnType<typeof definitionsFor>;

  private constructor(client: Client, generation: Generation, context: PeerContext) {
    this.#client = client;
    this.generation = generation;
    this.#context = context;
    this.#definitions = definitionsFor(context.limits);
  }

  /** @throws CollectError where nobody answers, or it is no collector plugin */
  static async connect(url: string, context: PeerContext): Promise<Peer> {
    // A v2 platform sends this, and a v1 plugin does not look.
    const { clock, limits } = context;
    // What is too long by a little is refused with its size, the rest before it is here.
    const maxMessageBytes = 2 * limits.messageBytes;
    const client = new Client(endpointOf(url), { token: 'NO_TOKEN', random: clock.random, maxMessageBytes });
    try {
      const choices = { signal: context.signal, deadlineMs: context.limits.answerMs };
      return new Peer(client, await generationOf(client, choices), context);
    } catch (caught) {
      client.close();
      throw CollectError.from(caught);
    }
  }

  /** @returns its metadata */
  async init(options: Fields): Promise<Fields> {
    const { metadata, sizeBytes } = await this.#ask(
      this.#client.call(this.#definitions.collector, 'init', { options }, this.#choices()),
    );
    const { recordBytes } = this.#context.limits;
    if (sizeBytes <= recordBytes) return metadata ?? {};
    throw new CollectError('malformed_reply', `init answers ${sizeBytes} bytes; ${recordBytes} are allowed`);
  }

  async verify({ options, secretData }: PluginCall): Promise<void> {
    const request = { options, secret_data: secretData };
    await this.#ask(this.#client.call(this.#definitions.collector, 'verify', request, this.#choices()));
  }

  /**
   * Parts of a collection, to be collected each by itself. Undefined for a plugin that has none to tell: those of v1, those that do not
   * implement it, and those that fail at it in a way of their own, as the SDK's do where their author wrote none.
   */
  async getTasks({ options, secretData }: PluginCall): Promise<readonly Fields[] | undefined> {
    const { limits } = this.#context;
    if (this.generation === 'v1' || !(await this.#client.supports(JobDefinition.fullName))) return undefined;
    try {
      const request = { options, secret_data: secretData };
      const { tasks } = await this.#ask(
        this.#client.call(this.#definitions.job, 'get_tasks', request, this.#choices()),
      );
      if (tasks.length === 0) return undefined;
      if (tasks.length <= limits.tasks) return tasks.map(({ task_options }) => task_options ?? {});
      throw new CollectError('malformed_reply', `get_tasks answers ${tasks.length} tasks; ${limits.tasks} are allowed`);
    } catch (caught) {
      const error = CollectError.from(caught);
      if (isUnimplemented(error)) return undefined;
      throw error;
    }
  }

  /**
   * Streams what it collects; leaving the loop ends the call.
   *
   * @param task one of `getTasks`, or undefined for all
   * @throws CollectError `timeout` where it is silent or does not end, `malformed_reply` for messages that are too large, too many
   *   or none
   */
  async *collect({ options, secretData }: PluginCall, task: Fields | undefined): AsyncGenerator<PluginMessage> {
    const { limits, clock, signal } = this.#context;
    const request = {
      options,
      secret_data: secretData,
      filter: {},
      ...(task === undefined ? {} : { task_options: task }),
    };
    const stop = new AbortController();
    const choices = { signal: AbortSignal.any([signal, stop.signal]) };
    const stream = this.#client.stream(this.#definitions.collector, 'collect', request, choices);
    const until = clock.now() + limits.taskMs;
    try {
      for (let count = 0; ; count++) {
        const message = await this.#within(stream.next(), until);
        if (message.done) return;
        if (count >= limits.messages) {
          throw new CollectError('malformed_reply', `the stream does not end: it has over ${limits.messages} messages`);
        }
        yield message.value;
      }
    } catch (caught) {
      throw clarified(CollectError.from(caught));
    } finally {
      stop.abort();
      await stream.return().catch(() => {});
    }
  }

  close(): void {
    this.#client.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** Waits for a plugin that may be silent for ever. */
  async #within<T>(next: Promise<T>, until: number): Promise<T> {
    const { clock, limits, signal } = this.#context;
    const left = until - clock.now();
    const waitMs = Math.min(limits.silenceMs, left);
    const over = new AbortController();
    const silence = clock.sleep(Math.max(0, waitMs), AbortSignal.any([signal, over.signal])).then(
      () => {
        throw waitMs < limits.silenceMs
          ? new CollectError('timeout', `the task is not done after ${limits.taskMs / 1000} s`)
          : new CollectError('timeout', `the plugin was silent for ${limits.silenceMs / 1000} s`);
      },
      () => next,
    );
    try {
      return await Promise.race([next, silence]);
    } finally {
      over.abort();
      next.catch(() => {});
      silence.catch(() => {});
    }
  }

  #choices() {
    return { signal: this.#context.signal, deadlineMs: this.#context.limits.answerMs };
  }

  async #ask<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (caught) {
      throw clarified(CollectError.from(caught));
    }
  }
}

/**
 * The later contract holds for both: the earlier one lacks the field that is left out where there are no tasks. Each answer is held
 * to a size.
 */
function definitionsFor({ messageBytes }: PluginLimits) {
  const { init, verify, collect } = CollectorDefinition.methods;
  const { get_tasks } = JobDefinition.methods;
  return {
    collector: {
      ...CollectorDefinition,
      methods: {
        init: { ...init, responseType: sized(init.responseType, messageBytes) },
        verify,
        collect: { ...collect, responseType: sized(collect.responseType, messageBytes) },
      },
    },
    job: {
      ...JobDefinition,
      methods: { get_tasks: { ...get_tasks, responseType: sized(get_tasks.responseType, messageBytes) } },
    },
  } as const;
}

/** @throws CollectError `invalid_input` */
function endpointOf(url: string): Endpoint {
  const parsed = Endpoint.safeParse(url);
  if (parsed.success) return parsed.data;
  throw new CollectError('invalid_input', 'the address of a plugin is grpc://host:port or grpc+ssl://host:port', {
    where: url,
  });
}

/** gRPC's own words for it; `ERROR_NOT_FOUND` shares their code, and is about something else. */
function isUnimplemented({ code, cause }: CollectError): boolean {
  const theirs = cause instanceof PlatformCode ? cause.message : undefined;
  if (code === 'not_found') return theirs === undefined || theirs === 'ERROR_NOT_IMPLEMENTED';
  return code === 'internal' && theirs === 'ERROR_UNKNOWN';
}

/** Why an answer cannot be read is told by what was caught when it was. */
function clarified(error: CollectError): CollectError {
  const { code, cause, where } = error;
  if (code !== 'malformed_reply' || !(cause instanceof CollectError)) return error;
  return new CollectError(code, `the plugin's answer cannot be read: ${cause.message}`, {
    ...(where === undefined ? {} : { where }),
    cause,
  });
}
