import { type ReactNode, useState } from 'react';
import { text } from '../text.ts';

interface ChartOrTableProps {
  readonly title: string;
  /** The chart in one sentence. */
  readonly summary: string;
  readonly chart: ReactNode;
  readonly table: ReactNode;
}

/** A chart, and the same data as a table for those who prefer numbers. */
export function ChartOrTable({ title, summary, chart, table }: ChartOrTableProps) {
  const [isTable, setIsTable] = useState(false);
  return (
    <section className="panel">
      <header>
        <h2>{title}</h2>
        <fieldset className="switch">
          <legend className="unseen">{text.chart.shownAs(title)}</legend>
          <button type="button" aria-pressed={!isTable} onClick={() => setIsTable(false)}>
            {text.chart.chart}
          </button>
          <button type="button" aria-pressed={isTable} onClick={() => setIsTable(true)}>
            {text.chart.table}
          </button>
        </fieldset>
      </header>
      <p className="summary">{summary}</p>
      {isTable ? table : chart}
    </section>
  );
}
