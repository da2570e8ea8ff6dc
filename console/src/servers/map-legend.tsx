import { useId } from 'react';
import type { PercentKey } from '../../../src/store/record-shapes.ts';
import { formatRange, keyLabel, openTerm } from '../parts/percent-keys.ts';
import { text } from '../text.ts';
import { Hatch } from './map-hatch.tsx';
import { toneRanges } from './map-tone.ts';

interface MapLegendProps {
  readonly keyName: PercentKey;
  readonly onNarrow: (terms: string) => void;
}

/** What each colour stands for; each narrows to the servers of it. */
export function MapLegend({ keyName, onNarrow }: MapLegendProps) {
  const hatch = useId();
  return (
    <ul className="map-legend" aria-label={text.map.legend(keyLabel(keyName))}>
      {toneRanges.map((range, at) => (
        <li key={range.from}>
          <button type="button" onClick={() => onNarrow(openTerm(keyName, range))}>
            <svg viewBox="0 0 14 14" aria-hidden="true">
              <rect className={`tone-${at + 1}`} x="0.5" y="0.5" width="13" height="13" />
            </svg>
            {formatRange(range)}
          </button>
        </li>
      ))}
      <li>
        <button type="button" onClick={() => onNarrow(`${keyName}:none`)}>
          <svg viewBox="0 0 14 14" aria-hidden="true">
            <Hatch id={hatch} />
            <rect className="no-tone" fill={`url(#${hatch})`} x="0.5" y="0.5" width="13" height="13" />
          </svg>
          {text.map.noData}
        </button>
      </li>
    </ul>
  );
}
