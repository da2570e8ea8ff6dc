import type { ServerDetail } from '../../../src/server/api.ts';
import { formatAgo, formatCount, formatTime } from '../format.ts';
import { ServerStateMark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

/** Which server this is. */
export function PeekFacts({ server: { record, absent_since, last_seen } }: { server: ServerDetail }) {
  const { compute = {}, hardware, monitoring_info } = record.data;
  const state = absent_since === null ? (compute.instance_state ?? 'UNKNOWN') : 'ABSENT';
  const collected = monitoring_info?.collected_at ?? last_seen;
  const facts = [
    [text.server.cloud, record.provider],
    [text.server.account, record.account],
    [text.server.region, compute.az ?? record.region_code],
    [text.server.type, record.instance_type],
    ...(hardware?.core === undefined ? [] : [[text.server.cores, formatCount(hardware.core)] as const]),
    ...(hardware?.memory === undefined ? [] : [[text.server.memory, `${formatCount(hardware.memory)} GiB`] as const]),
  ] as const;
  return (
    <header>
      <h2>{record.name || record.reference.resource_id}</h2>
      <p>
        <ServerStateMark state={state} /> · <code>{record.reference.resource_id}</code>
      </p>
      <dl className="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        <div>
          <dt>{text.server.collected}</dt>
          <dd>
            <time dateTime={collected} title={formatTime(collected)}>
              {formatAgo(collected)}
            </time>
          </dd>
        </div>
      </dl>
    </header>
  );
}
