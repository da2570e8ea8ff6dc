import { Link } from '@tanstack/react-router';
import { type ReactNode, useCallback, useRef, useSyncExternalStore } from 'react';
import { text } from '../text.ts';
import { goKeys } from './go-keys.ts';
import { onSingleKeys, singleKeysAreOn } from './single-keys.ts';
import { useKeys } from './use-keys.ts';

/** A button, and `?`: both open the list of all keys. The browser closes it by Escape, and gives the focus back. */
export function KeyHelp() {
  const dialog = useRef<HTMLDialogElement>(null);
  const show = useCallback(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  useKeys(show);
  const areOn = useSyncExternalStore(onSingleKeys, singleKeysAreOn);
  return (
    <>
      <button type="button" className="key-help" aria-label={text.keys.open} title={text.keys.open} onClick={show}>
        ?
      </button>
      <dialog ref={dialog} aria-labelledby="key-help-title">
        <h2 id="key-help-title">{text.keys.title}</h2>
        {!areOn && <p>{text.keys.areOff}</p>}
        <dl className="key-list">
          <KeyLine keys={<kbd>?</kbd>} does={text.keys.help} />
          <KeyLine keys={<kbd>/</kbd>} does={text.keys.search} />
          <KeyLine keys={<kbd>Ctrl/⌘ K</kbd>} does={text.keys.palette} />
          {Object.entries(goKeys).map(([key, { page }]) => (
            <KeyLine
              key={key}
              keys={
                <>
                  <kbd>g</kbd> {text.keys.andThen} <kbd>{key}</kbd>
                </>
              }
              does={text.keys.goTo(page)}
            />
          ))}
          <KeyLine
            keys={
              <>
                <kbd>j</kbd> <kbd>k</kbd>
              </>
            }
            does={text.keys.rows}
          />
          <KeyLine
            keys={
              <>
                <kbd>[</kbd> <kbd>]</kbd>
              </>
            }
            does={text.keys.window}
          />
          <KeyLine keys={<kbd>Space</kbd>} does={text.keys.peek} />
          <KeyLine keys={<kbd>x</kbd>} does={text.keys.select} />
          <KeyLine keys={<kbd>s</kbd>} does={text.keys.statistic} />
          <KeyLine keys={<kbd>e</kbd>} does={text.keys.export} />
          <KeyLine keys={<kbd>.</kbd>} does={text.keys.pause} />
          <KeyLine keys={<kbd>Esc</kbd>} does={text.keys.escape} />
        </dl>
        <div className="actions">
          <Link to="/settings/$section" params={{ section: 'appearance' }} onClick={close}>
            {text.keys.setting}
          </Link>
          <button type="button" onClick={close}>
            {text.keys.close}
          </button>
        </div>
      </dialog>
    </>
  );
}

function KeyLine({ keys, does }: { keys: ReactNode; does: string }) {
  return (
    <div>
      <dt>{keys}</dt>
      <dd>{does}</dd>
    </div>
  );
}
