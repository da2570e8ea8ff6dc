import { useQueryClient } from '@tanstack/react-query';
import { accountsQuery, planKey } from '../api.ts';

/** To be called where an account was added, changed or removed: what a run over them would cost is another plan, too. */
export function useAccountsChanged(): () => void {
  const queries = useQueryClient();
  return () => {
    for (const queryKey of [accountsQuery.queryKey, planKey]) void queries.invalidateQueries({ queryKey });
  };
}
