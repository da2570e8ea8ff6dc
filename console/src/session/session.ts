import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import type { SessionReply } from '../../../src/server/identity-api.ts';
import type { Role } from '../../../src/store/identity.ts';
import { send, sessionQuery } from '../api.ts';
import { loginPath } from './gate.ts';

export function useSession(): SessionReply | undefined {
  return useQuery(sessionQuery).data?.data;
}

const ranks = { viewer: 0, operator: 1, admin: 2 } as const satisfies Record<Role, number>;

/** Whether the reader has this role, or a stronger one. The server asks again; this is for what to offer. */
export function useMay(role: Role): boolean {
  const own = useSession()?.role ?? null;
  return own !== null && ranks[own] >= ranks[role];
}

export function useSignOut() {
  const queries = useQueryClient();
  const router = useRouter();
  return useMutation({
    mutationFn: () => send<SessionReply>('POST', '/logout'),
    onSuccess: async () => {
      queries.removeQueries({ queryKey: sessionQuery.queryKey });
      await router.navigate({ to: loginPath, search: { ended: 'by-hand' } });
      // What one person saw is not for the next.
      queries.clear();
    },
  });
}
