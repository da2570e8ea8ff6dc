import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { statusQuery } from '../api.ts';
import { text } from '../text.ts';

export function AboutSection() {
  const status = useQuery(statusQuery).data?.data;
  return (
    <div className="sections">
      <section className="panel">
        <header>
          <h2>{text.product}</h2>
        </header>
        <dl className="facts">
          {status !== undefined && (
            <>
              <div>
                <dt>{text.settings.version}</dt>
                <dd>{status.version}</dd>
              </div>
              <div>
                <dt>{text.settings.data}</dt>
                <dd>{status.demo ? text.settings.demoData : text.settings.realData}</dd>
              </div>
            </>
          )}
          <div>
            <dt>{text.settings.docs}</dt>
            <dd>
              {text.settings.docsNote} <code>fleetgauge --help</code>
            </dd>
          </div>
          <div>
            <dt>{text.settings.api}</dt>
            <dd>
              <a href="/api/openapi.json">/api/openapi.json</a> <small>{text.settings.apiNote}</small>
              <br />
              <a href="/metrics">/metrics</a> <small>{text.settings.metrics}</small>
            </dd>
          </div>
        </dl>
      </section>
      <Licences />
    </div>
  );
}

type Licences = typeof import('./licences.ts')['licences'];

/** Long, and rarely read: fetched as it is opened. */
function Licences() {
  const [licences, setLicences] = useState<Licences>([]);
  const load = () => void import('./licences.ts').then((loaded) => setLicences(loaded.licences));
  return (
    <details className="panel licences" onToggle={load}>
      <summary>{text.settings.licences}</summary>
      {licences.map(({ library, licence }) => (
        <section key={library}>
          <h3>{library}</h3>
          <pre>{licence}</pre>
        </section>
      ))}
    </details>
  );
}
