import { type UseMutationOptions, useMutation } from '@tanstack/react-query';
import { useRef } from 'react';

/** As useMutation, but nothing is begun while one is under way: a second click comes before the first one is drawn. */
export function useSingleMutation<Data, Variables = void>(options: UseMutationOptions<Data, Error, Variables>) {
  const isUnderWay = useRef(false);
  const { mutate, ...state } = useMutation(options);
  return {
    ...state,
    mutate: (variables: Variables): void => {
      if (isUnderWay.current) return;
      isUnderWay.current = true;
      mutate(variables, {
        onSettled: () => {
          isUnderWay.current = false;
        },
      });
    },
  };
}
