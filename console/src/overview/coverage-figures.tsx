import type { Summary } from '../../../src/server/api.ts';
import { formatCount, formatPart } from '../format.ts';
import { ShareBar } from '../parts/gauge.tsx';
import { text } from '../text.ts';

export function CoverageFigures({ summary }: { summary: Summary }) {
  const { servers, coverage } = summary;
  return (
    <section className="figure">
      <h2>{text.fleet.coverage}</h2>
      <dl className="coverage">
        <Coverage label={text.fleet.cpu} measured={coverage.cpu} servers={servers} />
        <Coverage label={text.fleet.memory} measured={coverage.memory} servers={servers} />
        <Coverage label={text.sections.disk} measured={coverage.disk} servers={servers} />
        <Coverage label={text.sections.network} measured={coverage.network} servers={servers} />
      </dl>
      {coverage.memory < servers && <MemoryReasons summary={summary} />}
    </section>
  );
}

function Coverage({ label, measured, servers }: { label: string; measured: number; servers: number }) {
  const part = servers === 0 ? 0 : measured / servers;
  return (
    <div title={text.fleet.measured(formatCount(measured), formatCount(servers))}>
      <dt>{label}</dt>
      <dd>
        <ShareBar part={part} /> <b>{formatPart(part)}</b>
      </dd>
    </div>
  );
}

function MemoryReasons({ summary }: { summary: Summary }) {
  const lacking = summary.servers - summary.coverage.memory;
  return (
    <details className="why">
      <summary>
        {text.fleet.lacking(formatCount(lacking))} · {text.fleet.why}
      </summary>
      {summary.memory_missing === null ? (
        <p>{text.fleet.reasonsUnknown}</p>
      ) : (
        <ul>
          {summary.memory_missing.map(({ reason, servers }) => (
            <li key={reason}>
              <b>{formatCount(servers)}</b> {text.missing[reason].short}
              <small>{text.missing[reason].long}</small>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
