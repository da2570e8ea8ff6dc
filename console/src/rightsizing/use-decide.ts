import { useMutation, useQueryClient } from '@tanstack/react-query';
import { rightsizingKey, sendDecision } from '../api.ts';

/** Decides on servers, and reads again what is said of them. */
export function useDecide() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: sendDecision,
    onSuccess: () => queries.invalidateQueries({ queryKey: rightsizingKey }),
  });
}
