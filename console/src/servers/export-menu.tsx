import { useEffect, useRef, useState } from 'react';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { exportForms, exportPath } from './export-forms.ts';
import { useListSearch } from './list-search.ts';

/** The filtered set as a file, whatever of it is on the screen. */
export function ExportMenu({ total }: { total: number }) {
  const { q, type } = useListSearch();
  const menu = useRef<HTMLDetailsElement>(null);
  const [isCopied, setIsCopied] = useState(false);
  const line = commandLine(type, q);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape' || menu.current?.open !== true) return;
      menu.current.open = false;
      menu.current.querySelector('summary')?.focus();
    };
    const onPointer = ({ target }: PointerEvent) => {
      if (menu.current !== null && target instanceof Node && !menu.current.contains(target)) menu.current.open = false;
    };
    document.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onPointer);
    return () => {
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onPointer);
    };
  }, []);
  const copy = () =>
    void navigator.clipboard.writeText(line).then(
      () => setIsCopied(true),
      () => setIsCopied(false),
    );
  return (
    <details className="menu" ref={menu} onToggle={() => setIsCopied(false)}>
      <summary aria-keyshortcuts="e">{text.list.export}</summary>
      <div>
        <p>{text.list.exportRows(formatCount(total))}</p>
        <ul>
          {exportForms.map(({ form, name }) => (
            <li key={form}>
              <a href={exportPath(form, type, q)} download>
                {name}
              </a>
            </li>
          ))}
        </ul>
        <p>{text.list.cli}</p>
        <code>{line}</code>
        <button type="button" onClick={copy}>
          {isCopied ? text.server.copied : text.server.copy}
        </button>
      </div>
    </details>
  );
}

/** For a shell: within single quotes nothing but these has a meaning. */
function commandLine(type: string, q: string): string {
  const filter = q === '' ? '' : ` --filter '${q.replaceAll("'", "'\\''")}'`;
  const ofType = type === 'server' ? '' : ` --type ${type}`;
  return `fleetgauge server list${ofType}${filter} --sort id --limit 0 -o csv > servers.csv`;
}
