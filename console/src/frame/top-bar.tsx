import { Link } from '@tanstack/react-router';
import type { Status, TimeWindow } from '../../../src/server/api.ts';
import { formatDay } from '../format.ts';
import { KeyHelp } from '../keys/key-help.tsx';
import { text } from '../text.ts';
import { Breadcrumb } from './breadcrumb.tsx';
import { PaletteButton } from './palette-button.tsx';
import { RunPill } from './run-pill.tsx';
import { SearchField } from './search-field.tsx';

export function TopBar({ status }: { status: Status | undefined }) {
  return (
    <header className="top-bar">
      <Breadcrumb />
      {status?.running && <RunPill key={status.running.id} job={status.running} />}
      {status?.window && <WindowChip window={status.window} />}
      <SearchField />
      <PaletteButton />
      <KeyHelp />
    </header>
  );
}

/** The end of a window is the first moment that is not in it. */
function WindowChip({ window: { start, end } }: { window: TimeWindow }) {
  const lastDay = new Date(Date.parse(end) - 1).toISOString();
  const days = Math.round((Date.parse(end) - Date.parse(start)) / 86_400_000);
  return (
    <Link
      to="/settings/$section"
      params={{ section: 'collection' }}
      className="window-chip"
      title={`${text.frame.window}. ${text.frame.windowSet}`}
    >
      <span className="unseen">{text.frame.window}: </span>
      <b>{text.history.lastDays(days)}</b> {formatDay(start)} – {formatDay(lastDay)}
    </Link>
  );
}
