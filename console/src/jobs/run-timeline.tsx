import { getRouteApi } from '@tanstack/react-router';
import { type CSSProperties, type KeyboardEvent, useState } from 'react';
import type { JobDetail } from '../../../src/server/api.ts';
import { formatCount, formatMs } from '../format.ts';
import { ChartOrTable } from '../parts/chart-or-table.tsx';
import { TaskStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { taskPhases } from './phases.ts';
import {
  addressOf,
  type Lane,
  type LaneSpan,
  type Timeline,
  timeByPhase,
  timelineOf,
  type View,
  viewAfter,
  viewOf,
} from './timeline-lanes.ts';

const route = getRouteApi('/jobs/$id');

/** Which region held the run up, and with what. */
export function RunTimeline({ detail: { job, tasks } }: { detail: JobDetail }) {
  const timeline = timelineOf(tasks, Date.parse(job.started_at));
  return (
    <ChartOrTable
      title={text.run.timeline}
      summary={sentence(timeline)}
      chart={<Gantt timeline={timeline} />}
      table={<LaneTable lanes={timeline.lanes} />}
    />
  );
}

function sentence({ lanes, left, to }: Timeline): string {
  if (lanes.length === 0) return text.run.timelineNone;
  const longest = lanes.filter(({ isLongest }) => isLongest).map(({ place }) => place);
  const told = text.run.timelineSummary(formatCount(lanes.length + left), formatMs(to), shortList(longest));
  return left === 0 ? told : `${told} ${text.run.timelineMore(formatCount(left))}`;
}

function shortList(names: readonly string[]): string {
  const [first = ''] = names;
  return names.length <= 3 ? names.join(' → ') : `${first} → … → ${names.at(-1) ?? ''}`;
}

function Gantt({ timeline: { lanes, to: whole } }: { timeline: Timeline }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState(0);
  if (lanes.length === 0) return null;
  const view = viewOf(search.time, whole);
  const show = (next: View) =>
    void navigate({
      search: ({ time: _, ...rest }) => {
        const time = addressOf(next, whole);
        return time === undefined ? rest : { ...rest, time };
      },
      replace: true,
      resetScroll: false,
    });
  const at = Math.min(chosen, lanes.length - 1);
  const press = (key: string): boolean => {
    const step = key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setChosen(Math.min(lanes.length - 1, Math.max(0, at + step)));
    const next = viewAfter(key, view, whole);
    if (next !== undefined) show(next);
    return step !== 0 || next !== undefined;
  };
  const onKey = (event: KeyboardEvent) => {
    if (!event.ctrlKey && !event.metaKey && !event.altKey && press(event.key)) event.preventDefault();
  };
  const lane = lanes[at];
  return (
    <figure className="gantt">
      <div className="gantt-tools">
        <PhaseKey />
        <button type="button" aria-label={text.run.zoomIn} title={text.run.zoomIn} onClick={() => press('+')}>
          +
        </button>
        <button type="button" aria-label={text.run.zoomOut} title={text.run.zoomOut} onClick={() => press('-')}>
          −
        </button>
        <button type="button" onClick={() => press('Home')}>
          {text.run.zoomAll}
        </button>
      </div>
      <div
        className="gantt-lanes"
        role="img"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: keys choose a lane and zoom
        tabIndex={0}
        aria-label={`${text.run.timeline}. ${text.run.timelineKeys}`}
        onKeyDown={onKey}
      >
        {lanes.map((each, index) => (
          <LaneRow key={each.task.id} lane={each} view={view} isChosen={index === at} />
        ))}
        <div className="gantt-axis">
          <span>{text.run.after(formatMs(view.from))}</span>
          <span>{text.run.after(formatMs((view.from + view.to) / 2))}</span>
          <span>{text.run.after(formatMs(view.to))}</span>
        </div>
      </div>
      <figcaption>
        <span role="status">{lane !== undefined && laneWords(lane)}</span>
      </figcaption>
    </figure>
  );
}

function PhaseKey() {
  return (
    <ul className="key">
      {taskPhases.map((phase) => (
        <li key={phase}>
          <i className={`phase ${phase}`} aria-hidden="true" /> {text.run.phases[phase]}
        </li>
      ))}
      <li>
        <i className="phase longest" aria-hidden="true" /> {text.run.longest}
      </li>
    </ul>
  );
}

function LaneRow({ lane, view, isChosen }: { lane: Lane; view: View; isChosen: boolean }) {
  const classes = ['gantt-lane', ...(isChosen ? ['chosen'] : []), ...(lane.isLongest ? ['longest'] : [])];
  return (
    <div className={classes.join(' ')}>
      <span className="lane-name" title={lane.place}>
        <span>{lane.task.account}</span> <b>{lane.task.region}</b>
      </span>
      <span className="lane-bars">
        <i className="lane-whole" style={placed(lane, view)} />
        {lane.spans.map((span) => (
          <i key={span.from} className={`phase ${span.phase ?? 'unknown'}`} style={placed(span, view)} />
        ))}
      </span>
    </div>
  );
}

/** What lies outside of the view is cut off by the lane. */
function placed({ from, to }: Pick<LaneSpan, 'from' | 'to'>, view: View): CSSProperties {
  const width = view.to - view.from;
  const percent = (ms: number) => `${Math.round((ms / width) * 1e5) / 1e3}%`;
  return { left: percent(from - view.from), width: percent(to - from) };
}

function laneWords(lane: Lane): string {
  const phases = [...timeByPhase(lane)].map(([phase, ms]) => `${text.run.phases[phase]} ${formatMs(ms)}`);
  return [
    lane.place,
    text.run.after(formatMs(lane.from)),
    formatMs(lane.to - lane.from),
    ...(phases.length === 0 ? [text.run.unknownPhase] : phases),
    ...(lane.isLongest ? [text.run.longest] : []),
  ].join(' · ');
}

function LaneTable({ lanes }: { lanes: readonly Lane[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="table-scroll" tabIndex={0} aria-label={text.run.timeline}>
      <table>
        <thead>
          <tr>
            <th scope="col">{text.run.place}</th>
            <th scope="col">{text.runs.state}</th>
            {[text.run.began, text.run.duration, ...taskPhases.map((phase) => text.run.phases[phase])].map((label) => (
              <th key={label} scope="col" className="number">
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane) => (
            <LaneLine key={lane.task.id} lane={lane} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function LaneLine({ lane }: { lane: Lane }) {
  const times = timeByPhase(lane);
  return (
    <tr>
      <th scope="row">
        {lane.place} {lane.isLongest && <span className="chip">{text.run.longest}</span>}
      </th>
      <td>
        <TaskStateMark state={lane.task.state} />
      </td>
      <td className="number">{formatMs(lane.from)}</td>
      <td className="number">{formatMs(lane.to - lane.from)}</td>
      {taskPhases.map((phase) => {
        const ms = times.get(phase);
        return (
          <td key={phase} className="number">
            {ms === undefined ? '–' : formatMs(ms)}
          </td>
        );
      })}
    </tr>
  );
}
