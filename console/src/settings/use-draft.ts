import { useState } from 'react';
import { useSingleMutation } from '../parts/single-mutation.ts';
import { withoutSaved } from './touched.ts';

interface DraftProps<T> {
  /** As it is stored now: somebody else may have changed it since it was shown. */
  readonly newest: () => Promise<T>;
  readonly save: (wanted: T) => Promise<unknown>;
}

/**
 * What somebody changes of a setting that others may change at the same time. It stays until it is saved, whatever comes
 * from the server meanwhile, and nothing but what was touched is changed there.
 */
export function useDraft<T extends object>({ newest, save }: DraftProps<T>) {
  const [touched, setTouched] = useState<Partial<T>>({});
  const { mutate, isPending, isSuccess, error } = useSingleMutation({
    mutationFn: async (sent: Partial<T>) => save({ ...(await newest()), ...sent }),
    // What was typed since it was sent is not saved yet.
    onSuccess: (_, sent) => setTouched((now) => withoutSaved(now, sent)),
  });
  return {
    touched,
    touch: (change: Partial<T>) => setTouched((now) => ({ ...now, ...change })),
    save: () => mutate(touched),
    isPending,
    isSaved: isSuccess && Object.keys(touched).length === 0,
    error,
  };
}
