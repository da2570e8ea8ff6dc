import { Link } from '@tanstack/react-router';
import type { ExportRow } from '../../../src/server/export-file-api.ts';
import { text } from '../text.ts';

/** The list that a file is of, as it is now. */
export function AskedLink({ asked }: { asked: NonNullable<ExportRow['asked']> }) {
  const query = asked.q === undefined ? {} : { q: asked.q };
  if (asked.kind === 'rightsizing') {
    const { class: name, state } = asked;
    const words = [
      name === undefined ? undefined : text.rightsizing.classes[name],
      state === undefined ? undefined : text.rightsizing.decisions[state],
      asked.q,
    ];
    return (
      <Link to="/rightsizing" search={{ ...query, ...(name && { class: name }), state: state ?? 'any' }}>
        {joined(words)}
      </Link>
    );
  }
  const { type } = asked;
  const ofType = type === 'server' ? {} : { type };
  return (
    <>
      <Link to="/servers" search={{ ...query, ...ofType }}>
        {joined([type === 'server' ? undefined : (text.list.types[type] ?? type), asked.q])}
      </Link>
      {asked.kind === 'metrics' && <small className="asked-days">{text.exports.days(asked.days)}</small>}
    </>
  );
}

function joined(words: readonly (string | undefined)[]): string {
  const said = words.filter((word) => word !== undefined && word !== '');
  return said.length === 0 ? text.exports.all : said.join(' · ');
}
