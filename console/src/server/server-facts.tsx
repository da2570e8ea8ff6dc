import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { ServerDetail } from '../../../src/server/api.ts';
import { formatAgo, formatTime } from '../format.ts';
import { Fact } from '../parts/fact.tsx';
import { ServerStateMark } from '../parts/state-mark.tsx';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';

export function ServerFacts({ server: { id, record, first_seen, last_seen } }: { server: ServerDetail }) {
  const mayRun = useMay('operator');
  const { compute = {}, hardware, monitoring_info } = record.data;
  const link = record.reference.external_link;
  return (
    <header className="server-head">
      <h1>{record.name || record.reference.resource_id}</h1>
      <ResourceId id={record.reference.resource_id} />
      {link !== undefined && /^https:/.test(link) && (
        <a href={link} rel="noopener noreferrer" target="_blank">
          {text.server.openInCloud} ↗
        </a>
      )}
      {mayRun && (
        <Link className="button" to="/jobs/new" search={{ servers: String(id) }}>
          {text.collect.thisOne}
        </Link>
      )}
      <dl className="facts">
        <Fact label={text.server.state}>
          <ServerStateMark state={compute.instance_state ?? 'UNKNOWN'} />
        </Fact>
        <Fact label={text.server.cloud}>{record.provider}</Fact>
        <Fact label={text.server.account}>{record.account}</Fact>
        <Fact label={text.server.region}>{compute.az ?? record.region_code}</Fact>
        <Fact label={text.server.type}>{record.instance_type}</Fact>
        {hardware?.core !== undefined && <Fact label={text.server.cores}>{hardware.core}</Fact>}
        {hardware?.memory !== undefined && <Fact label={text.server.memory}>{hardware.memory} GiB</Fact>}
        <Fact label={text.server.firstSeen}>
          <time dateTime={first_seen} title={formatTime(first_seen)}>
            {formatAgo(first_seen)}
          </time>
        </Fact>
        <Fact label={text.server.collected}>
          <time dateTime={last_seen} title={formatTime(monitoring_info?.collected_at ?? last_seen)}>
            {formatAgo(monitoring_info?.collected_at ?? last_seen)}
          </time>
        </Fact>
      </dl>
    </header>
  );
}

function ResourceId({ id }: { id: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const copy = () =>
    void navigator.clipboard?.writeText(id).then(
      () => setIsCopied(true),
      () => {},
    );
  return (
    <p className="resource-id">
      <span className="unseen">{text.server.id}: </span>
      <code>{id}</code>
      <button type="button" onClick={copy}>
        {isCopied ? text.server.copied : text.server.copy}
      </button>
    </p>
  );
}
