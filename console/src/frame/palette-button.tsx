import { lazy, Suspense, useLayoutEffect, useState } from 'react';
import { text } from '../text.ts';

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));

/** Opens the palette, as Ctrl K and ⌘ K do: what it is made of is loaded then. */
export function PaletteButton() {
  const [{ call, isOpen }, setCalled] = useState({ call: 0, isOpen: false });
  // As all keys are: before anything of the page is seen.
  useLayoutEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isCall = event.code === 'KeyK' && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (!isCall) return;
      event.preventDefault();
      // Above another layer it would hide what that one asks.
      if (document.querySelector('dialog[open]') === null) setCalled(again);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <>
      <button
        type="button"
        className="palette-button"
        aria-haspopup="dialog"
        aria-keyshortcuts="Control+K Meta+K"
        title={text.palette.title}
        onClick={() => setCalled(again)}
      >
        <svg viewBox="0 0 16 16" aria-hidden="true">
          <path d="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9M10.5 10.5l3 3" />
        </svg>
        <span className="unseen">{text.palette.title}</span>
        <kbd>{keys}</kbd>
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <Palette key={call} onClose={() => setCalled((now) => (now.call === call ? { call, isOpen: false } : now))} />
        </Suspense>
      )}
    </>
  );
}

/** Another one each time: a browser says only later that the last one was closed, and that must not close this one. */
function again({ call }: { readonly call: number }) {
  return { call: call + 1, isOpen: true };
}

const keys = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ K' : 'Ctrl K';
