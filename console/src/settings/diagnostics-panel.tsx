import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { CodeBlock } from '../accounts/code-block.tsx';
import { diagnosticsQuery } from '../api.ts';
import { formatBytes } from '../format.ts';
import { Answer } from '../parts/answer.tsx';
import { text } from '../text.ts';

/** What somebody who helps has to know: looked through first, then saved. */
export function DiagnosticsPanel() {
  const [isAsked, setAsked] = useState(false);
  const bundle = useQuery({ ...diagnosticsQuery, enabled: isAsked });
  return (
    <section className="panel diagnostics">
      <header>
        <h2>{text.store.diagnostics}</h2>
      </header>
      <p className="summary">{text.store.diagnosticsNote}</p>
      {!isAsked ? (
        <div className="actions">
          <button type="button" onClick={() => setAsked(true)}>
            {text.store.look}
          </button>
        </div>
      ) : (
        <Answer asked={bundle} rows={6}>
          {({ data }) => (
            <>
              {Object.entries(data).map(([name, part]) => (
                <BundlePart key={name} name={name} content={JSON.stringify(part, null, 2)} />
              ))}
              <div className="actions">
                <button type="button" className="main" onClick={() => save(data)}>
                  {text.store.save}
                </button>
              </div>
            </>
          )}
        </Answer>
      )}
    </section>
  );
}

/** Drawn once it is opened: a part may be long. */
function BundlePart({ name, content }: { name: string; content: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        {name} <small>{formatBytes(new Blob([content]).size)}</small>
      </summary>
      {isOpen && <CodeBlock title={name} content={content} />}
    </details>
  );
}

function save(bundle: unknown): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(bundle, null, 2)}\n`], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'fleetgauge-diagnostics.json';
  link.click();
  URL.revokeObjectURL(url);
}
