import pc from 'picocolors';
import type { Ledger } from '#collect/ledger.ts';
import type { PlannedRegion, RunPlan } from '#jobs/plan-run.ts';
import { isWorthRunning, type RegionResult, type RunSink } from '#jobs/run-regions.ts';
import { partOfCalls, secondsLeft } from '#model/time-left.ts';
import { nounOf } from './describe-plan.ts';
import { aboutSeconds, formatCount, formatUsd, plural } from './format.ts';
import { progressForm } from './say.ts';

/** Shows a run as it goes, on stderr: a few lines that redraw themselves on a terminal, plain lines elsewhere. */
export interface Progress extends RunSink, Disposable {
  /** Prints a line without tearing the display. */
  note(text: string): void;
}

const redrawMs = 250;
const plainEveryMs = 5_000;
const busiestShown = 6;
const barWidth = 24;

interface Lane {
  readonly region: PlannedRegion;
  readonly planned: number;
  done: number;
  failed: number;
  state: 'running' | RegionResult['state'];
}

export function createProgress(plan: RunPlan, ledger: Ledger, stream: NodeJS.WriteStream = process.stderr): Progress {
  const begun = Date.now();
  const lanes = new Map<PlannedRegion, Lane>();
  const form = progressForm();
  const inPlace = form === 'tty' || (form === 'auto' && stream.isTTY === true);
  let drawn = 0;
  const tick = inPlace ? redraw : () => tell(totals, () => ({ event: 'progress', ...counts() }));
  const timer = setInterval(tick, inPlace ? redrawMs : plainEveryMs);
  timer.unref();

  return {
    async started(region) {
      lanes.set(region, { region, planned: plannedServers(region), done: 0, failed: 0, state: 'running' });
    },
    async store(region, _batch, { servers, failed }) {
      const lane = lanes.get(region);
      if (lane !== undefined) Object.assign(lane, { done: servers, failed });
    },
    async ended(region, result) {
      const lane = lanes.get(region) ?? {
        region,
        planned: plannedServers(region),
        done: 0,
        failed: 0,
        state: result.state,
      };
      lanes.set(region, Object.assign(lane, { done: result.servers, failed: result.failed, state: result.state }));
      tell(
        () => describeEnd(region, result, nounOf(plan)),
        () => ({ event: 'region_ended', ...placeOf(region), ...endOf(result) }),
      );
    },
    note: line,
    [Symbol.dispose]: () => {
      clearInterval(timer);
      erase();
    },
  };

  /** For people, or for programs; for nobody where neither is wanted. */
  function tell(text: () => string, event: () => object): void {
    if (form === 'none') return;
    if (form === 'json') stream.write(`${JSON.stringify(event())}\n`);
    else line(text());
  }

  function counts() {
    const { calls, usd } = ledger.spent();
    const done = [...lanes.values()].reduce((count, lane) => count + lane.done, 0);
    return { servers: done, of_servers: plan.servers, calls, of_calls: plan.cost.calls, usd };
  }

  function line(text: string): void {
    erase();
    stream.write(`${text}\n`);
    if (inPlace) redraw();
  }

  function redraw(): void {
    erase();
    const running = [...lanes.values()]
      .filter(({ state }) => state === 'running')
      .sort((a, b) => b.planned - a.planned);
    const lines = [totals(), ...running.slice(0, busiestShown).map(describeLane)].map((text) =>
      text.slice(0, (stream.columns ?? 80) + 20),
    );
    stream.write(`${lines.join('\n')}\n`);
    drawn = lines.length;
  }

  function erase(): void {
    if (drawn === 0) return;
    stream.moveCursor(0, -drawn);
    stream.cursorTo(0);
    stream.clearScreenDown();
    drawn = 0;
  }

  function totals(): string {
    const { servers: done, calls, usd } = counts();
    const pace = { seconds: (Date.now() - begun) / 1000, calls, plannedCalls: plan.cost.calls };
    const share = partOfCalls(pace);
    const seconds = secondsLeft(pace);
    const left = seconds === undefined ? '' : ` · ${aboutSeconds(seconds)} left`;
    return `${bar(share)} ${Math.round(share * 100)} %  ${formatCount(done)}/${plural(plan.servers, nounOf(plan))} · ${formatCount(calls)}/${plural(plan.cost.calls, 'call')} · ${formatUsd(usd)}${left}`;
  }
}

function describeLane({ region, planned, done }: Lane): string {
  return ` ${pc.cyan('◐')} ${region.target.name} ${region.region}  ${formatCount(done)}/${formatCount(planned)}`;
}

function describeEnd(
  { target, region }: PlannedRegion,
  { state, servers, failed, error, failures }: RegionResult,
  noun: string,
): string {
  const why = error?.message ?? failures[0]?.error.message;
  const mark = { SUCCESS: pc.green('✓'), PARTIAL: pc.yellow('▲'), FAILURE: pc.red('✕'), CANCELED: pc.yellow('■') }[
    state
  ];
  const counts = `${plural(servers, noun)}${failed > 0 ? `, ${formatCount(failed)} not read in full` : ''}`;
  return ` ${mark} ${target.name} ${region}  ${counts}${why === undefined ? '' : `  ${why}`}`;
}

function placeOf({ target, account, region }: PlannedRegion) {
  return { source: target.name, account, region };
}

function endOf({ state, servers, failed, error }: RegionResult) {
  return { state: state.toLowerCase(), servers, failed, error: error?.message ?? null };
}

function plannedServers(region: PlannedRegion): number {
  return isWorthRunning(region) && 'estimate' in region.outcome ? region.outcome.estimate.servers : 0;
}

function bar(share: number): string {
  const full = Math.round(share * barWidth);
  return '▇'.repeat(full) + pc.dim('▁'.repeat(barWidth - full));
}
