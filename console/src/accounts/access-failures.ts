import type { ErrorReport } from '../../../src/model/errors.ts';
import type { AccessReply } from '../../../src/server/account-api.ts';

/** What kept servers from being listed, and where: `account/region`, or the account where that were its regions. */
export interface AccessFailure {
  readonly error: ErrorReport;
  readonly places: readonly string[];
}

/** By their causes; without those that a check tells of, by the same code in the same place. */
export function untoldFailures({ accounts, checks }: Pick<AccessReply, 'accounts' | 'checks'>): AccessFailure[] {
  const failures = accounts.flatMap(({ account, failures }) =>
    failures.map(({ region, error }) => ({ error, place: region === '*' ? account : `${account}/${region}` })),
  );
  const untold = failures.filter(
    ({ error: { code }, place }) =>
      !checks.some(
        ({ error, failed_in }) =>
          error?.code === code && failed_in.some((each) => each === place || each.startsWith(`${place}/`)),
      ),
  );
  return [...Map.groupBy(untold, ({ error }) => error.message).values()].flatMap((alike) =>
    alike.slice(0, 1).map(({ error }) => ({ error, places: alike.map(({ place }) => place) })),
  );
}
