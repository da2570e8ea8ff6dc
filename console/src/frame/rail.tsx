import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useSyncExternalStore } from 'react';
import { Who } from '../session/who.tsx';
import { text } from '../text.ts';
import { GaugeMark } from './gauge-mark.tsx';
import { keptFlag } from './kept-flag.ts';
import { LanguageSwitch } from './language-switch.tsx';
import { RailLinks } from './rail-links.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

/** Whether the rail shows no more than its signs. */
const narrow = keptFlag('fleetgauge.rail');

export function Rail({ version }: { version: string | undefined }) {
  const isNarrow = useSyncExternalStore(narrow.subscribe, narrow.isOn);
  const label = isNarrow ? text.frame.widen : text.frame.narrow;
  return (
    <nav className={isNarrow ? 'rail narrow-rail' : 'rail'} aria-label={text.frame.main}>
      <Link to="/" className="brand" aria-label={text.product}>
        <GaugeMark />
        <span>{text.product}</span>
      </Link>
      <RailLinks />
      <MoreSheet />
      <div className="foot">
        <Who />
        <LanguageSwitch />
        <ThemeSwitch />
        {version !== undefined && <small>{text.frame.version(version)}</small>}
      </div>
      <button
        type="button"
        className="rail-width"
        aria-pressed={isNarrow}
        aria-label={text.frame.narrow}
        title={label}
        onClick={() => narrow.turn(!isNarrow)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d={isNarrow ? 'M6 3.5 10.5 8 6 12.5' : 'M10 3.5 5.5 8l4.5 4.5'} />
        </svg>
      </button>
    </nav>
  );
}

/** On a narrow screen: all that the rail has, in a sheet from below. */
function MoreSheet() {
  const sheet = useRef<HTMLDialogElement>(null);
  const path = useLocation({ select: ({ href }) => href });
  // Wherever a link of it led to.
  useEffect(() => sheet.current?.close(), [path]);
  return (
    <>
      <button type="button" className="rail-more" aria-haspopup="dialog" onClick={() => sheet.current?.showModal()}>
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M3 8h.5M8 8h.5M13 8h.5" />
        </svg>
        <span>{text.frame.more}</span>
      </button>
      <dialog
        ref={sheet}
        className="sheet"
        aria-label={text.frame.more}
        onPointerDown={({ target, currentTarget }) => target === currentTarget && currentTarget.close()}
      >
        <RailLinks />
        <Who />
        <LanguageSwitch />
        <ThemeSwitch />
        <button type="button" onClick={() => sheet.current?.close()}>
          {text.keys.close}
        </button>
      </dialog>
    </>
  );
}
