import type { ReactNode } from 'react';
import { BackgroundForms } from '../exports/background-forms.tsx';
import { quotedForShell } from '../exports/shell.ts';
import { formatCount } from '../format.ts';
import { CopyLine } from '../parts/copy-line.tsx';
import { DropMenu } from '../parts/drop-menu.tsx';
import { text } from '../text.ts';
import { exportForms, exportPath } from './export-forms.ts';
import { useListSearch } from './list-search.ts';

/** With more rows than that, nobody wants to watch a download. */
const mostDirectRows = 50_000;

/** The filtered set as a file, whatever of it is on the screen: at once, or in the background. */
export function ExportMenu({ total }: { total: number }) {
  const { q, type } = useListSearch();
  const query = q === '' ? {} : { q };
  const direct = (
    <FormGroup key="direct" label={text.exports.direct}>
      <ul>
        {exportForms.map(({ form, name }) => (
          <li key={form}>
            <a href={exportPath(form, type, q)} download>
              {name}
            </a>
          </li>
        ))}
      </ul>
    </FormGroup>
  );
  const background = (
    <BackgroundForms
      key="background"
      wishes={[
        { label: text.exports.background, wish: { kind: 'servers', type, ...query } },
        { label: text.exports.byDay, wish: { kind: 'metrics', type, ...query } },
      ]}
    />
  );
  const isLarge = total > mostDirectRows;
  return (
    <DropMenu label={text.list.export} shortcut="e">
      <p>{text.list.exportRows(formatCount(total))}</p>
      {isLarge && <p>{text.exports.large}</p>}
      {isLarge ? [background, direct] : [direct, background]}
      <CopyLine line={commandLine(type, q)} />
    </DropMenu>
  );
}

function FormGroup({ label, children }: { label: string; children: ReactNode }) {
  return (
    <fieldset className="form-group">
      <legend>{label}</legend>
      {children}
    </fieldset>
  );
}

function commandLine(type: string, q: string): string {
  const filter = q === '' ? '' : ` --filter ${quotedForShell(q)}`;
  const ofType = type === 'server' ? '' : ` --type ${type}`;
  return `fleetgauge server list${ofType}${filter} --sort id --limit 0 -o csv > servers.csv`;
}
