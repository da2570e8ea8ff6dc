import { type ReactNode, useSyncExternalStore } from 'react';
import { LanguageSwitch } from '../frame/language-switch.tsx';
import { ThemeSwitch } from '../frame/theme-switch.tsx';
import { ZoneSwitch } from '../frame/zone-switch.tsx';
import { onSingleKeys, singleKeysAreOn, turnSingleKeys } from '../keys/single-keys.ts';
import { text } from '../text.ts';

export function AppearanceSection() {
  return (
    <section className="panel">
      <header>
        <h2>{text.settings.sections.appearance}</h2>
      </header>
      <Choice title={text.frame.theme} note={text.settings.themeNote}>
        <ThemeSwitch />
      </Choice>
      <Choice title={text.frame.language} note={text.settings.languageNote}>
        <LanguageSwitch />
      </Choice>
      <Choice title={text.settings.zone} note={text.settings.zoneNote}>
        <ZoneSwitch />
      </Choice>
      <Choice title={text.settings.singleKeys} note={text.settings.singleKeysNote}>
        <KeySwitch />
      </Choice>
    </section>
  );
}

function Choice({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <div className="choice">
      <div>
        <h3>{title}</h3>
        <small>{note}</small>
      </div>
      {children}
    </div>
  );
}

function KeySwitch() {
  const areOn = useSyncExternalStore(onSingleKeys, singleKeysAreOn);
  return (
    <fieldset className="switch">
      <legend className="unseen">{text.settings.singleKeys}</legend>
      {[true, false].map((on) => (
        <button key={String(on)} type="button" aria-pressed={on === areOn} onClick={() => turnSingleKeys(on)}>
          {on ? text.settings.on : text.settings.off}
        </button>
      ))}
    </fieldset>
  );
}
