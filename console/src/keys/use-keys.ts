import { useRouter } from '@tanstack/react-router';
import { useLayoutEffect } from 'react';
import { characterOf } from './character.ts';
import { goKeys, isGoKey } from './go-keys.ts';
import { singleKeysAreOn } from './single-keys.ts';

/** How long a `g` waits for its second key, in milliseconds. */
const pairMs = 1_500;

/**
 * Keys that work on every page; `?` calls `showHelp`. Any other one presses the button or link of the page that names it in
 * `aria-keyshortcuts`. What is written into a field, or while a layer is open, is no command.
 */
export function useKeys(showHelp: () => void): void {
  const router = useRouter();
  // Before anything of the page is seen: keys may be pressed from then on.
  useLayoutEffect(() => {
    let goneAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const key = singleKeysAreOn() && !isTaken(event) ? characterOf(event) : undefined;
      if (key === undefined) return;
      const isSecond = event.timeStamp - goneAt < pairMs;
      goneAt = key === 'g' && !isSecond ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (isSecond && isGoKey(key)) void router.navigate({ to: goKeys[key].to });
      else if (key === '?') showHelp();
      else if (key === '/') searchField()?.focus();
      else if (key === 'j' || key === 'k') activeRow()?.focus();
      else if (!press(key)) return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [router, showHelp]);
}

/** Where servers are searched for: in the page that lists them, or above every other one. */
function searchField(): HTMLElement | null {
  return document.querySelector('.query input[type="search"], .top-bar input[type="search"]');
}

/** From where the rows of a list go on by keys. */
function activeRow(): HTMLElement | null {
  return document.querySelector('[role="grid"] tr[tabindex="0"]');
}

function press(key: string): boolean {
  const named = document.querySelector<HTMLElement>(`[aria-keyshortcuts="${CSS.escape(key)}"]`);
  named?.click();
  return named !== null;
}

function isTaken({ target, defaultPrevented }: KeyboardEvent): boolean {
  const isWriting = target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]');
  return defaultPrevented || isWriting || document.querySelector('dialog[open]') !== null;
}
