import type { PercentKey } from '../../../src/store/record-shapes.ts';
import { keyLabel, percentKeys } from '../parts/percent-keys.ts';

interface KeyChoiceProps {
  readonly label: string;
  readonly value: PercentKey;
  readonly onChoose: (key: PercentKey) => void;
}

export function KeyChoice({ label, value, onChoose }: KeyChoiceProps) {
  return (
    <label>
      <span className="filter-name">{label}</span>
      <select
        value={value}
        onChange={({ target }) => {
          const key = percentKeys.find((each) => each === target.value);
          if (key !== undefined) onChoose(key);
        }}
      >
        {percentKeys.map((key) => (
          <option key={key} value={key}>
            {keyLabel(key)}
          </option>
        ))}
      </select>
    </label>
  );
}
