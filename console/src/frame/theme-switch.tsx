import { useSyncExternalStore } from 'react';
import { text } from '../text.ts';
import { applyTheme, onTheme, shownTheme, themes } from '../theme.ts';

export function ThemeSwitch() {
  const chosen = useSyncExternalStore(onTheme, shownTheme);
  return (
    <fieldset className="switch">
      <legend className="unseen">{text.frame.theme}</legend>
      {themes.map((theme) => (
        <button key={theme} type="button" aria-pressed={theme === chosen} onClick={() => applyTheme(theme)}>
          {text.frame.themes[theme]}
        </button>
      ))}
    </fieldset>
  );
}
