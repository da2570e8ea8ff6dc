import { getRouteApi } from '@tanstack/react-router';

const route = getRouteApi('/servers');

/** The server that is looked at beside the list: the address names it. Going from one to the next leaves no trace in the history. */
export function usePeek() {
  const { peek } = route.useSearch();
  const navigate = route.useNavigate();
  return {
    id: peek,
    open: (id: number) =>
      void navigate({
        search: (search) => ({ ...search, peek: String(id) }),
        replace: peek !== undefined,
        resetScroll: false,
      }),
    close: () => void navigate({ search: ({ peek: _, ...rest }) => rest, replace: true, resetScroll: false }),
  };
}
