import type { AccessReply } from '../../../src/server/account-api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';

interface AccountPickerProps {
  readonly found: AccessReply['accounts'];
  /** Ids; empty for all. */
  readonly picked: readonly string[];
  readonly onPick: (ids: readonly string[]) => void;
}

/** Subscriptions or projects, as the test has found them. */
export function AccountPicker({ found, picked, onPick }: AccountPickerProps) {
  const isAll = picked.length === 0;
  const ids = found.map(({ account }) => account);
  const toggle = (id: string, isOn: boolean) => {
    const next = ids.filter((each) => (each === id ? isOn : isAll || picked.includes(each)));
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
          {found.map(({ account, name, regions }) => (
            <li key={account}>
              <label className="tick">
                <input
                  type="checkbox"
                  checked={picked.includes(account)}
                  onChange={(event) => toggle(account, event.target.checked)}
                />
                <span>
                  {name !== null && <b>{name} </b>}
                  <code>{account}</code>{' '}
                  <small>
                    {text.connect.serversIn(formatCount(regions.reduce((sum, each) => sum + each.servers, 0)))}
                  </small>
                </span>
              </label>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  );
}
