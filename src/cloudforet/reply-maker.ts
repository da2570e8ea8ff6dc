import { type DayCell, emptyCell } from '#model/day-cell.ts';
import { CollectError } from '#model/errors.ts';
import type { Answer, Failure, MetricReply } from '#model/fleet.ts';
import type { MetricKey } from '#model/metric.ts';
import { reasonOf } from '#model/missing.ts';
import { startOf } from '#model/window.ts';
import { nativesOfKey, type PlanContext, requestsOf } from './plan.ts';
import type { ServerReading } from './read-server.ts';
import type { Asked, PlatformRequest } from './request.ts';

/**
 * Sorts what came of the servers into answers, failures and what is to be asked again: of the provider's next data source,
 * where this one has nothing of a server; by metrics that are unlikely for a server, where the likely ones have nothing.
 */
export class ReplyMaker {
  readonly #request: PlatformRequest;
  readonly #context: PlanContext;
  readonly #answers: Answer[] = [];
  readonly #failures: Failure[] = [];
  readonly #elsewhere: Asked[] = [];
  readonly #secondLooks: Asked[] = [];

  constructor(request: PlatformRequest, context: PlanContext) {
    this.#request = request;
    this.#context = context;
  }

  /** @param isLast no other data source is left */
  addGroup(readings: readonly ServerReading[], isLast: boolean): void {
    if (isLast && readings.every(isSilent)) {
      this.#addSilent(readings);
      return;
    }
    for (const reading of readings) {
      if (isLast || reading.asked.isSecondLook || hasAnswer(reading)) this.#add(reading);
      else this.#askElsewhere(reading);
    }
  }

  made(): MetricReply<PlatformRequest> {
    const { source } = this.#request;
    return {
      answers: this.#answers,
      failures: this.#failures,
      followUps: [
        ...requestsOf(this.#secondLooks, this.#request, this.#context),
        ...requestsOf(this.#elsewhere, { ...this.#request, source: source + 1, isApart: false }, this.#context),
      ],
    };
  }

  #add({ asked, outcomes, times }: ServerReading): void {
    const again: MetricKey[] = [];
    for (const [key, outcome] of outcomes) {
      if (outcome instanceof CollectError) this.#fail(asked, key, outcome);
      else if (outcome.seconds > 0) this.#answer(asked, key, outcome);
      else if (!asked.isSecondLook && nativesOfKey(asked.server, key, true, this.#context).length > 0) again.push(key);
      else if (asked.error !== undefined) this.#fail(asked, key, asked.error);
      else this.#answer(asked, key, emptyCell);
    }
    if (again.length > 0) this.#secondLooks.push({ ...asked, keys: again, isSecondLook: true, times });
  }

  #askElsewhere({ asked, outcomes }: ServerReading): void {
    const error = [...outcomes.values()].find((outcome) => outcome instanceof CollectError);
    this.#elsewhere.push({ ...asked, error: error ?? asked.error });
  }

  /**
   * Nothing of any server, and no error: the platform keeps to itself what its data source failed of. Servers that ran must
   * have had something.
   */
  #addSilent(readings: readonly ServerReading[]): void {
    const ran = readings.filter((reading) => this.#shouldTell(reading));
    const error = ran.length === 0 ? undefined : this.#silence(ran);
    for (const reading of readings) {
      for (const key of reading.asked.keys) {
        const cause = reading.asked.error ?? (ran.includes(reading) ? error : undefined);
        if (cause !== undefined) this.#fail(reading.asked, key, cause);
        else this.#answer(reading.asked, key, emptyCell);
      }
    }
  }

  #shouldTell({ asked: { server } }: ServerReading): boolean {
    const wholeDay = startOf(this.#request.days.to - 1);
    return server.state === 'RUNNING' && (server.createdAt === undefined || server.createdAt < wholeDay);
  }

  #silence([first, ...others]: readonly ServerReading[]): CollectError {
    const { provider, sources } = this.#context;
    const source = sources[this.#request.source]?.name ?? '';
    const { account = '', region = '' } = first?.asked.server ?? {};
    return new CollectError(
      'unavailable',
      `the data source ${source} has nothing of any of ${others.length + 1} running servers`,
      {
        where: `${provider.id} ${account} ${region}`,
        fix: 'the platform tells nobody when its data source fails: check the secret and the plugin of the data source',
      },
    );
  }

  #answer({ server }: Asked, key: MetricKey, cell: DayCell): void {
    this.#answers.push({ resourceId: server.id, key, cells: new Map([[this.#request.days.from, cell]]) });
  }

  #fail({ server }: Asked, key: MetricKey, error: CollectError): void {
    this.#failures.push({ resourceId: server.id, key, reason: reasonOf(error), error });
  }
}

function hasAnswer({ outcomes }: ServerReading): boolean {
  return [...outcomes.values()].some((outcome) => !(outcome instanceof CollectError) && outcome.seconds > 0);
}

/** Nothing at all, not even of what every server has: a processor and a network. */
function isSilent({ asked, outcomes }: ServerReading): boolean {
  const isTold = asked.keys.some((key) => key.startsWith('cpu.') || key.startsWith('network.')) && !asked.isSecondLook;
  return (
    isTold && [...outcomes.values()].every((outcome) => !(outcome instanceof CollectError) && outcome.seconds === 0)
  );
}
