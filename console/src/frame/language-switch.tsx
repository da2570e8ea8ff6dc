import { keepLanguage, languageNames, languages } from '../language.ts';
import { locale, text } from '../text.ts';

export function LanguageSwitch() {
  return (
    <fieldset className="switch">
      <legend className="unseen">{text.frame.language}</legend>
      {languages.map((language) => (
        <button
          key={language}
          type="button"
          lang={language}
          aria-pressed={language === locale}
          onClick={() => {
            keepLanguage(language);
            location.reload();
          }}
        >
          {languageNames[language]}
        </button>
      ))}
    </fieldset>
  );
}
