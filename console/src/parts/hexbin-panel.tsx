import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ServerBins } from '../../../src/server/server-bins-api.ts';
import { type BinsAsked, serverBinsQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { Answer } from './answer.tsx';
import { ChartOrTable } from './chart-or-table.tsx';
import { HexbinChart } from './hexbin-chart.tsx';
import { rangesOf } from './hexbin-geometry.ts';
import { logSteps, toneOf } from './log-steps.ts';
import { closedTerm, formatRange, keyLabel, openTerm } from './percent-keys.ts';

interface HexbinPanelProps {
  readonly asked: BinsAsked;
  /** Terms that the query is to be narrowed by: `cpu.avg:1.4..4.2 cpu.max:5..9.6`. */
  readonly onNarrow: (terms: string) => void;
  /** With fields for a range of each key, too. */
  readonly hasRanges?: boolean;
}

/** Servers by two of their measures: a chart of hexagons, what it says in a sentence, and the same as a table. */
export function HexbinPanel({ asked, onNarrow, hasRanges = false }: HexbinPanelProps) {
  const bins = useServerBins(asked);
  return (
    <Answer asked={bins} rows={12}>
      {({ data }) => (
        <div className={bins.isPlaceholderData ? 'stale' : undefined}>
          <Hexbins bins={data} onNarrow={onNarrow} hasRanges={hasRanges} />
        </div>
      )}
    </Answer>
  );
}

function Hexbins({ bins, onNarrow, hasRanges }: NarrowingProps & { readonly hasRanges: boolean }) {
  const title = text.hexbin.title(keyLabel(bins.x), keyLabel(bins.y));
  return (
    <ChartOrTable
      title={title}
      summary={sentence(bins)}
      chart={
        bins.measured > 0 && (
          <div className="chart-body">
            <HexbinChart bins={bins} onNarrow={onNarrow} />
            <Legend bins={bins} />
            <Corners bins={bins} onNarrow={onNarrow} />
            {hasRanges && <Ranges bins={bins} onNarrow={onNarrow} />}
          </div>
        )
      }
      table={<HexbinTable bins={bins} title={title} onNarrow={onNarrow} />}
    />
  );
}

function useServerBins(asked: BinsAsked) {
  return useQuery({ ...serverBinsQuery(asked), placeholderData: keepPreviousData });
}

function sentence({ servers, measured, corners }: ServerBins): string {
  const parts = corners.map((corner) =>
    text.hexbin.inCorner(text.hexbin.corners[corner.name], formatCount(corner.servers)),
  );
  const said = measured === 0 ? text.hexbin.none : text.hexbin.summary(formatCount(measured), parts.join(' · '));
  const without = servers - measured;
  return without === 0 ? said : `${said} ${text.hexbin.unmeasured(formatCount(without))}`;
}

function Legend({ bins: { bins } }: { bins: ServerBins }) {
  const steps = logSteps(Math.max(...bins.map(([, , servers]) => servers)));
  return (
    <p className="tone-legend">
      <span>{text.hexbin.legend}</span>
      {steps.map(({ from, to }) => (
        <span key={from}>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <rect className={`tone-${toneOf(to, steps)}`} x="0.5" y="0.5" width="13" height="13" />
          </svg>
          {from === to ? formatCount(from) : `${formatCount(from)}–${formatCount(to)}`}
        </span>
      ))}
    </p>
  );
}

type NarrowingProps = Pick<HexbinPanelProps, 'onNarrow'> & { readonly bins: ServerBins };

function Corners({ bins: { x, y, corners }, onNarrow }: NarrowingProps) {
  return (
    <ul className="corners" aria-label={text.hexbin.cornerList}>
      {corners.map((corner) => {
        const terms = `${openTerm(x, corner.x)} ${openTerm(y, corner.y)}`;
        return (
          <li key={corner.name}>
            <button type="button" onClick={() => onNarrow(terms)}>
              {text.hexbin.corners[corner.name]} <b>{formatCount(corner.servers)}</b> <code>{terms}</code>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const ends = ['xFrom', 'xTo', 'yFrom', 'yTo'] as const;

/** What drawing a box does, by four numbers. */
function Ranges({ bins: { x, y }, onNarrow }: NarrowingProps) {
  const [typed, setTyped] = useState({ xFrom: '0', xTo: '100', yFrom: '0', yTo: '100' });
  const number = (end: (typeof ends)[number]) => Number(typed[end]);
  const isWrong =
    ends.some((end) => typed[end].trim() === '') || number('xFrom') > number('xTo') || number('yFrom') > number('yTo');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWrong) return;
    const range = (from: number, to: number) => ({ from, to: to >= 100 ? null : to });
    const terms = [
      closedTerm(x, range(number('xFrom'), number('xTo'))),
      closedTerm(y, range(number('yFrom'), number('yTo'))),
    ];
    onNarrow(terms.filter((term) => !term.endsWith(':>=0')).join(' '));
  };
  const field = (end: (typeof ends)[number], label: string) => (
    <label>
      <span className="unseen">{label}</span>
      <input
        type="number"
        min="0"
        max="100"
        step="any"
        required
        value={typed[end]}
        onChange={({ target }) => setTyped({ ...typed, [end]: target.value })}
      />
    </label>
  );
  return (
    <form className="ranges" onSubmit={submit}>
      <fieldset>
        <legend>{keyLabel(x)}, %</legend>
        {field('xFrom', text.hexbin.from)} – {field('xTo', text.hexbin.to)}
      </fieldset>
      <fieldset>
        <legend>{keyLabel(y)}, %</legend>
        {field('yFrom', text.hexbin.from)} – {field('yTo', text.hexbin.to)}
      </fieldset>
      <button type="submit" disabled={isWrong}>
        {text.hexbin.narrow}
      </button>
    </form>
  );
}

const mostRows = 200;

/** The fullest hexagons first. */
function HexbinTable({ bins, title, onNarrow }: NarrowingProps & { readonly title: string }) {
  const cells = bins.bins
    .map(([column, row, servers]) => ({ column, row, servers }))
    .sort((a, b) => b.servers - a.servers);
  return (
    <>
      <div className="table-scroll hexbin-table">
        <table>
          <caption className="unseen">{title}</caption>
          <thead>
            <tr>
              <th scope="col">{keyLabel(bins.x)}</th>
              <th scope="col">{keyLabel(bins.y)}</th>
              <th scope="col" className="number">
                {text.fleet.servers}
              </th>
            </tr>
          </thead>
          <tbody>
            {cells.slice(0, mostRows).map((cell) => {
              const { x, y } = rangesOf(bins, cell);
              return (
                <tr key={`${cell.column} ${cell.row}`}>
                  <th scope="row">
                    <button
                      type="button"
                      className="plain"
                      onClick={() => onNarrow(`${closedTerm(bins.x, x)} ${closedTerm(bins.y, y)}`)}
                    >
                      {formatRange(x)}
                    </button>
                  </th>
                  <td>{formatRange(y)}</td>
                  <td className="number">{formatCount(cell.servers)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {cells.length > mostRows && <p className="summary">{text.hexbin.more(formatCount(cells.length - mostRows))}</p>}
    </>
  );
}
