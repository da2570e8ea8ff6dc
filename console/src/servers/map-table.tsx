import type { ServerGroups } from '../../../src/server/server-groups-api.ts';
import { formatCount, formatPercent } from '../format.ts';
import { keyLabel } from '../parts/percent-keys.ts';
import { text } from '../text.ts';
import { sizeOf, type TileOpening } from './map-layout.ts';

const mostRows = 200;

/** The largest tiles first. */
export function MapTable({ map, onOpen }: { map: ServerGroups; onOpen: TileOpening }) {
  const rows = map.groups
    .flatMap(({ account, region, tiles }) => tiles.map((tile) => ({ account, region, tile })))
    .sort((a, b) => sizeOf(b.tile) - sizeOf(a.tile));
  return (
    <>
      <div className="table-scroll hexbin-table">
        <table>
          <caption className="unseen">{text.map.title(text.map.levels[map.level], keyLabel(map.key))}</caption>
          <thead>
            <tr>
              <th scope="col">{text.map.levels[map.level]}</th>
              <th scope="col">{text.table.account}</th>
              <th scope="col">{text.table.region}</th>
              <th scope="col" className="number">
                {text.fleet.servers}
              </th>
              <th scope="col" className="number">
                {text.server.cores}
              </th>
              <th scope="col" className="number">
                {keyLabel(map.key)}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, mostRows).map((row) => (
              <tr key={`${row.account} ${row.region} ${row.tile.id} ${row.tile.name}`}>
                <th scope="row">
                  <button type="button" className="plain" onClick={() => onOpen(row)}>
                    {row.tile.name}
                  </button>
                </th>
                <td>{row.account}</td>
                <td>{row.region ?? '–'}</td>
                <td className="number">{formatCount(row.tile.servers)}</td>
                <td className="number">{row.tile.vcpus === 0 ? '–' : formatCount(row.tile.vcpus)}</td>
                <td className="number">{row.tile.value === null ? '–' : formatPercent(row.tile.value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length > mostRows && <p className="summary">{text.map.more(formatCount(rows.length - mostRows))}</p>}
    </>
  );
}
