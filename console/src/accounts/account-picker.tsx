import type { AccessReply } from '../../../src/server/account-api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';

interface AccountPickerProps {
  readonly found: AccessReply['accounts'];
  /** Ids, in any case; empty for all. */
  readonly picked: readonly string[];
  readonly onPick: (ids: readonly string[]) => void;
}

/** Subscriptions or projects, as the test has found them. */
export function AccountPicker({ found, picked, onPick }: AccountPickerProps) {
  const isAll = picked.length === 0;
  const ids = found.map(({ account }) => account);
  const chosen = new Set(picked.map((id) => id.toLowerCase()));
  const isPicked = (id: string) => chosen.has(id.toLowerCase());
  const toggle = (id: string, isOn: boolean) => {
    const next = ids.filter((each) => (each === id ? isOn : isAll || isPicked(each)));
    // None of them would be all of them.
    if (next.length > 0) onPick(next);
  };
  return (
    <fieldset className="picker">
      <legend className="filter-name">{text.connect.pick}</legend>
      <label className="tick">
        <input type="radio" name="picked" checked={isAll} onChange={() => onPick([])} />
        <span>{text.connect.pickAll(formatCount(ids.length))}</span>
      </label>
      <label className="tick">
        <input type="radio" name="picked" checked={!isAll} onChange={() => onPick(ids)} />
        <span>{text.connect.pickSome}</span>
      </label>
      {!isAll && (
        <ul>
          {found.map(({ account, name, regions, failures }) => (
            <li key={account}>
              <label className="tick">
                <input
                  type="checkbox"
                  checked={isPicked(account)}
                  onChange={(event) => toggle(account, event.target.checked)}
                />
                <span>
                  {name !== null && <b>{name} </b>}
                  <code>{account}</code> {/* Where some could not be listed, a number would be too small. */}
                  {failures.length === 0 && (
                    <small>
                      {text.connect.serversIn(formatCount(regions.reduce((sum, each) => sum + each.servers, 0)))}
                    </small>
                  )}
                </span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
