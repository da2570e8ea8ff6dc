import type { AccountRow } from '../../../src/server/account-api.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';

export function AccountStatus({ status: { state, error } }: { status: AccountRow['status'] }) {
  if (state === 'UNKNOWN') return <Mark tone="quiet" word={text.accounts.states.UNKNOWN} />;
  const isOk = state === 'OK';
  return (
    <span title={error?.message}>
      <Mark tone={isOk ? 'good' : 'bad'} word={text.accounts.states[state]} />
    </span>
  );
}
