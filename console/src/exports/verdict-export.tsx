import type { ExportBody } from '../../../src/server/export-file-api.ts';
import { type RightsizingSearch, shownState, verdictQuery } from '../api.ts';
import { CopyLine } from '../parts/copy-line.tsx';
import { DropMenu } from '../parts/drop-menu.tsx';
import { text } from '../text.ts';
import { BackgroundForms } from './background-forms.tsx';
import { quotedForShell } from './shell.ts';

/** The verdicts that the page's filter lets through, as a file: reading them takes a while. */
export function VerdictExport({ search }: { search: RightsizingSearch }) {
  const q = verdictQuery(search);
  const name = classes.find((each) => each === search.class);
  const state = states.find((each) => each === shownState(search));
  const wish: ExportBody = {
    kind: 'rightsizing',
    ...(q === '' ? {} : { q }),
    ...(name === undefined ? {} : { class: name }),
    ...(state === undefined ? {} : { state }),
  };
  const line = [
    'fleetgauge rightsizing list --limit 0',
    ...(name === undefined ? [] : [`--class ${name}`]),
    ...(state === undefined ? [] : [`--state ${state}`]),
    ...(q === '' ? [] : [`--filter ${quotedForShell(q)}`]),
    '-o csv > rightsizing.csv',
  ].join(' ');
  return (
    <DropMenu label={text.list.export} shortcut="e">
      <BackgroundForms wishes={[{ label: text.exports.background, wish }]} />
      <CopyLine line={line} />
    </DropMenu>
  );
}

const classes = ['idle', 'oversized', 'fit', 'hot', 'not_enough_data'] as const;
const states = ['open', 'accepted', 'verified', 'snoozed', 'dismissed'] as const;
