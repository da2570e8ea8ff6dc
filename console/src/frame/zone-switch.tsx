import { locale, text } from '../text.ts';
import { keepZone, zone, zoneName, zones } from '../zone.ts';

export function ZoneSwitch() {
  return (
    <fieldset className="switch">
      <legend className="unseen">{text.settings.zone}</legend>
      {zones.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === zone}
          onClick={() => {
            keepZone(each);
            location.reload();
          }}
        >
          {each === 'utc' ? 'UTC' : text.settings.ownZone(zoneName(each, locale))}
        </button>
      ))}
    </fieldset>
  );
}
