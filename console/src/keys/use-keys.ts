import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { characterOf } from './character.ts';
import { goKeys, isGoKey } from './go-keys.ts';
import { singleKeysAreOn } from './single-keys.ts';

/** How long a `g` waits for its second key, in milliseconds. */
const pairMs = 1_500;

/** Keys that work on every page; `?` calls `showHelp`. What is written into a field, or while a layer is open, is no command. */
export function useKeys(showHelp: () => void): void {
  const router = useRouter();
  useEffect(() => {
    let goneAt = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const key = singleKeysAreOn() && !isTaken(event) ? characterOf(event) : undefined;
      if (key === undefined) return;
      const isSecond = event.timeStamp - goneAt < pairMs;
      goneAt = key === 'g' && !isSecond ? event.timeStamp : Number.NEGATIVE_INFINITY;
      if (isSecond && isGoKey(key)) void router.navigate({ to: goKeys[key].to });
      else if (key === '?') showHelp();
      else if (key === '/') void focusSearch();
      else return;
      event.preventDefault();
    };
    const focusSearch = async () => {
      if (router.latestLocation.pathname !== '/servers') await router.navigate({ to: '/servers' });
      document.querySelector<HTMLElement>('main input[type="search"]')?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [router, showHelp]);
}

function isTaken({ target, defaultPrevented }: KeyboardEvent): boolean {
  const isWriting = target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]');
  return defaultPrevented || isWriting || document.querySelector('dialog[open]') !== null;
}
