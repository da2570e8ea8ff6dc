import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ExportRoom, ExportRow } from '../../../src/server/export-file-api.ts';
import { exportsKey, exportsQuery, makeExport, send } from '../api.ts';
import { formatBytes } from '../format.ts';
import { EmptyNotice, FailureNotice, Skeleton, StaleNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useSingleMutation } from '../parts/single-mutation.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { ExportTable } from './export-table.tsx';

const route = getRouteApi('/exports');

/** Files that were asked for: how far they are, and to be taken as long as they are kept. */
export function ExportsPage() {
  usePageTitle(text.exports.title);
  const { after } = route.useSearch();
  const { data, error, refetch } = useQuery(exportsQuery(after));
  const retry = () => void refetch();
  return (
    <div className="exports">
      <header className="page-head">
        <h1>{text.exports.title}</h1>
      </header>
      {data === undefined && error === null && <Skeleton rows={6} />}
      {data === undefined && error !== null && <FailureNotice error={error} retry={retry} />}
      {data !== undefined && (
        <>
          {error !== null && <StaleNotice error={error} retry={retry} />}
          <Room room={data.data.room} />
          {data.data.files.length > 0 ? (
            <Files files={data.data.files} />
          ) : after === undefined ? (
            <NoExports />
          ) : (
            <EmptyNotice title={text.exports.noneOlder}>
              <Link to="/exports">{text.exports.newest}</Link>
            </EmptyNotice>
          )}
          <nav className="pages" aria-label={text.exports.pages}>
            {after !== undefined && data.data.files.length > 0 && <Link to="/exports">{text.exports.newest}</Link>}
            {data.meta.next !== undefined && (
              <Link to="/exports" search={{ after: data.meta.next }}>
                {text.exports.older}
              </Link>
            )}
          </nav>
        </>
      )}
    </div>
  );
}

function Room({ room }: { room: ExportRoom }) {
  return (
    <p className="lead">
      {text.exports.kept(room.keep_days)}{' '}
      {text.exports.room(formatBytes(room.own_bytes), formatBytes(room.own_bytes_at_most))}{' '}
      {text.exports.allRoom(formatBytes(room.all_bytes), formatBytes(room.all_bytes_at_most))}
    </p>
  );
}

function NoExports() {
  return (
    <EmptyNotice title={text.exports.none}>
      <p>{text.exports.noneFix}</p>
      <Link className="button" to="/servers">
        {text.exports.choose}
      </Link>
      <p>{text.list.cli}</p>
      <code>fleetgauge export --format parquet -o servers.parquet</code>
    </EmptyNotice>
  );
}

function Files({ files }: { files: readonly ExportRow[] }) {
  const queries = useQueryClient();
  const onSettled = () => queries.invalidateQueries({ queryKey: exportsKey });
  const again = useSingleMutation({ mutationFn: makeExport, onSettled });
  const cancel = useMutation({ mutationFn: ({ id }: ExportRow) => send('POST', `/exports/${id}/cancel`), onSettled });
  const remove = useMutation({ mutationFn: ({ id }: ExportRow) => send('DELETE', `/exports/${id}`), onSettled });
  return (
    <>
      <p role="status" className="export-asked">
        {again.data !== undefined && text.exports.asked(again.data.data.id)}
      </p>
      <Problem error={again.error ?? cancel.error ?? remove.error} />
      <ExportTable
        files={files}
        isAsking={again.isPending}
        onAgain={again.mutate}
        onCancel={cancel.mutate}
        onRemove={remove.mutate}
      />
    </>
  );
}
