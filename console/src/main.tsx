import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api.ts';
import { makeRouter } from './router.tsx';
import { signInAgain } from './session/gate.ts';
import { locale } from './text.ts';
import { applyTheme, keptTheme } from './theme.ts';

document.documentElement.lang = locale;
applyTheme(keptTheme());

const onError = (error: Error): void => signInAgain(error, queries, router);
const queries: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // What the API refuses it would refuse again.
      retry: (count, error) => count < 2 && error instanceof ApiError && error.report.code === 'unreachable',
    },
  },
});
const router = makeRouter(queries);

const root = document.getElementById('console');
if (root !== null) {
  createRoot(root).render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
}
