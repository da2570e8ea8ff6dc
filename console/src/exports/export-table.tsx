import type { ExportBody, ExportRow } from '../../../src/server/export-file-api.ts';
import { formatAgo, formatBytes, formatCount, formatTime } from '../format.ts';
import { ScrollTable } from '../parts/scroll-table.tsx';
import { ConfirmButton } from '../settings/confirm-button.tsx';
import { text } from '../text.ts';
import { AskedLink } from './asked-link.tsx';
import { ExportStateCell } from './export-state.tsx';

interface ExportTableProps {
  readonly files: readonly ExportRow[];
  /** Whether one is being asked for again. */
  readonly isAsking: boolean;
  readonly onAgain: (asked: ExportBody) => void;
  readonly onCancel: (file: ExportRow) => void;
  readonly onRemove: (file: ExportRow) => void;
}

const formNames = { csv: 'CSV', ndjson: 'NDJSON', parquet: 'Parquet' } as const;

export function ExportTable({ files, ...acts }: ExportTableProps) {
  const words = text.exports.columns;
  const hasOthers = files.some(({ is_own: isOwn }) => !isOwn);
  return (
    <ScrollTable label={text.exports.title}>
      <table className="export-table">
        <thead>
          <tr>
            <th scope="col" className="pinned">
              {words.what}
            </th>
            <th scope="col">{words.filter}</th>
            {hasOthers && <th scope="col">{words.askedBy}</th>}
            <th scope="col">{words.state}</th>
            <th scope="col">{words.format}</th>
            <th scope="col" className="number">
              {words.rows}
            </th>
            <th scope="col" className="number">
              {words.size}
            </th>
            <th scope="col">{words.age}</th>
            <th scope="col">{words.expires}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.id}>
              <th scope="row" className="pinned">
                {file.asked !== null && text.exports.kinds[file.asked.kind]} <small>#{file.id}</small>
              </th>
              <td>{file.asked !== null && <AskedLink asked={file.asked} />}</td>
              {hasOthers && <td>{file.asked_by}</td>}
              <td>
                <ExportStateCell file={file} />
              </td>
              <td>{file.asked !== null && formNames[file.asked.format]}</td>
              <td className="number">{hasContent(file) && formatCount(file.rows)}</td>
              <td className="number">{hasContent(file) && formatBytes(file.bytes)}</td>
              <td>
                <Time at={file.requested_at} />
              </td>
              <td>{file.expires_at !== null && <Time at={file.expires_at} />}</td>
              <td>
                <Acts file={file} {...acts} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollTable>
  );
}

/** What waits, or came to nothing, has no rows: not zero of them. */
function hasContent({ state }: ExportRow): boolean {
  return state === 'RUNNING' || state === 'READY';
}

function Time({ at }: { at: string }) {
  return (
    <time dateTime={at} title={formatTime(at)}>
      {formatAgo(at)}
    </time>
  );
}

function Acts({ file, isAsking, onAgain, onCancel, onRemove }: Omit<ExportTableProps, 'files'> & { file: ExportRow }) {
  const { asked, state } = file;
  const isOpen = state === 'WAITING' || state === 'RUNNING';
  return (
    <div className="export-acts">
      {state === 'READY' && (
        <a
          className="button"
          href={`/api/exports/${file.id}/file`}
          download={file.file_name}
          aria-label={text.exports.downloadOf(file.file_name)}
        >
          {text.exports.download}
        </a>
      )}
      {isOpen && (
        <button type="button" aria-label={text.exports.cancelOf(file.id)} onClick={() => onCancel(file)}>
          {text.exports.cancel}
        </button>
      )}
      {!isOpen && asked !== null && (
        <button
          type="button"
          aria-label={text.exports.againOf(file.id)}
          aria-disabled={isAsking}
          onClick={() => onAgain(asked)}
        >
          {text.exports.again}
        </button>
      )}
      <ConfirmButton
        label={text.exports.remove}
        fullLabel={text.exports.removeOf(file.id)}
        question={text.exports.removeAsk(file.id)}
        note={text.exports.removeNote}
        onConfirm={() => onRemove(file)}
      />
    </div>
  );
}
