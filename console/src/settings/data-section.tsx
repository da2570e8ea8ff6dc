import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DataReply } from '../../../src/server/data-api.ts';
import { collectionQuery, dataQuery } from '../api.ts';
import { formatBytes, formatCount } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { Fact } from '../parts/fact.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { DiagnosticsPanel } from './diagnostics-panel.tsx';

/** What is stored, for how long, and how to take it along or be rid of it. */
export function DataSection() {
  const stored = useQuery(dataQuery);
  return (
    <Answer asked={stored} rows={8}>
      {({ data, meta }) => <Stored stored={data} isDemo={meta.demo} />}
    </Answer>
  );
}

function Stored({ stored, isDemo }: { stored: DataReply; isDemo: boolean }) {
  const mayDiagnose = useMay('admin');
  return (
    <div className="sections">
      <StorePanel stored={stored} />
      <KeptPanel />
      <section className="panel">
        <header>
          <h2>{text.store.backup}</h2>
        </header>
        <p className="summary">{text.store.backupNote}</p>
        <Command>fleetgauge backup fleet.backup</Command>
        <p className="summary">{text.store.keyNote}</p>
        <Command>fleetgauge config get key.path</Command>
        <p className="summary">{text.store.restoreNote}</p>
        <Command>fleetgauge restore fleet.backup</Command>
      </section>
      <section className="panel">
        <header>
          <h2>{text.store.demo}</h2>
        </header>
        <p className="summary">{isDemo ? text.store.demoHere : text.store.demoElsewhere}</p>
        <Command>{`fleetgauge down\nrm -r "$(fleetgauge config get data)/demo"`}</Command>
        {isDemo && (
          <>
            <p className="summary">{text.store.demoAfter}</p>
            <Command>fleetgauge up --no-demo</Command>
          </>
        )}
      </section>
      {mayDiagnose && <DiagnosticsPanel />}
    </div>
  );
}

function StorePanel({ stored }: { stored: DataReply }) {
  const { database, size_bytes, schema, servers, accounts, runs } = stored;
  return (
    <section className="panel">
      <header>
        <h2>{text.store.title}</h2>
      </header>
      <dl className="facts">
        <Fact label={text.store.database}>{text.store.databases[database]}</Fact>
        <Fact label={text.store.size}>{formatBytes(size_bytes)}</Fact>
        <Fact label={text.store.servers}>{formatCount(servers)}</Fact>
        <Fact label={text.accounts.title}>{formatCount(accounts)}</Fact>
        <Fact label={text.pages.runs}>{formatCount(runs)}</Fact>
        <Fact label={text.store.schema}>{schema.stored}</Fact>
      </dl>
    </section>
  );
}

/** Set elsewhere, since it is what the collection leaves behind. */
function KeptPanel() {
  const collection = useQuery(collectionQuery);
  return (
    <section className="panel">
      <header>
        <h2>{text.collection.kept}</h2>
        <Link to="/settings/$section" params={{ section: 'collection' }}>
          {text.store.change}
        </Link>
      </header>
      <Answer asked={collection} rows={2}>
        {({ data }) => (
          <dl className="facts">
            <Fact label={text.store.measured}>{text.store.days(formatCount(data.keep_days))}</Fact>
            <Fact label={text.store.changes}>{text.store.days(formatCount(data.keep_change_days))}</Fact>
            <Fact label={text.store.runs}>{text.store.days(formatCount(data.keep_job_days))}</Fact>
            <Fact label={text.store.audit}>{text.store.days(formatCount(data.keep_audit_days))}</Fact>
          </dl>
        )}
      </Answer>
    </section>
  );
}

function Command({ children }: { children: string }) {
  return (
    <pre className="command">
      <code>{children}</code>
    </pre>
  );
}
