import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { rightsizingQuery } from '../api.ts';
import { formatCount } from '../format.ts';
import { DecisionButtons } from '../rightsizing/decision-buttons.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { exportForms, exportPath } from './export-forms.ts';
import { useListSearch } from './list-search.ts';
import { termOf } from './query-terms.ts';
import type { Selection } from './use-selection.ts';

/** Of a query, with room for what else is asked. */
const longestQuery = 1900;

/** What can be done with the servers that were picked: to read them again, to have them as a file, and to decide on what is suggested for them. */
export function SelectionBar({ selection }: { selection: Selection }) {
  const { type } = useListSearch();
  const mayRun = useMay('operator');
  const rows = [...selection.rows.values()];
  const q = termOf('id', [...new Set(rows.map((row) => row.resource_id))]);
  const isTooLong = q.length > longestQuery;
  const { data } = useQuery({ ...rightsizingQuery({ q, state: 'any' }), enabled: rows.length > 0 && !isTooLong });
  const verdicts = data?.rows.filter(({ id }) => selection.rows.has(id)) ?? [];
  if (rows.length === 0) return null;
  return (
    <div className="selection-bar">
      <b role="status">{text.selection.count(formatCount(rows.length))}</b>
      {mayRun && (
        <Link className="button" to="/jobs/new" search={{ servers: [...selection.rows.keys()].join(',') }}>
          {text.collect.these}
        </Link>
      )}
      {isTooLong ? (
        <span>{text.selection.tooMany}</span>
      ) : (
        <>
          {exportForms.map(({ form, name }) => (
            <a key={form} href={exportPath(form, type, q)} download>
              {text.selection.export(name)}
            </a>
          ))}
          <DecisionButtons rows={verdicts} />
        </>
      )}
      <button type="button" onClick={selection.clear}>
        {text.selection.clear}
      </button>
    </div>
  );
}
