import { useState } from 'react';
import { text } from '../text.ts';
import { applyTheme, keptTheme, themes } from '../theme.ts';

export function ThemeSwitch() {
  const [chosen, setChosen] = useState(keptTheme);
  return (
    <fieldset className="switch">
      <legend className="unseen">{text.frame.theme}</legend>
      {themes.map((theme) => (
        <button
          key={theme}
          type="button"
          aria-pressed={theme === chosen}
          onClick={() => {
            applyTheme(theme);
            setChosen(theme);
          }}
        >
          {text.frame.themes[theme]}
        </button>
      ))}
    </fieldset>
  );
}
