import { z } from 'zod';
import { graphPageSize } from './catalog.ts';
import type { Send } from './send.ts';

export interface GraphQuery<T> {
  /** KQL. */
  readonly query: string;
  /** That are searched; at most `maxSubscriptionsPerQuery`. */
  readonly subscriptions: readonly string[];
  readonly row: z.ZodType<T>;
}

/**
 * The rows of a query, page by page; free. A page may come with a token although it says that nothing was cut off, and without
 * one it is the last, so the token alone counts. The quota is of the user and not of a subscription.
 *
 * @throws CollectError
 */
export async function* queryGraph<T>(
  send: Send,
  baseUrl: string,
  { query, subscriptions, row }: GraphQuery<T>,
  signal: AbortSignal,
): AsyncGenerator<T[]> {
  const reply = z.object({ data: z.array(row), $skipToken: z.string().nullish() });
  let token: string | undefined;
  do {
    const options = {
      resultFormat: 'objectArray',
      $top: graphPageSize,
      ...(token === undefined ? {} : { $skipToken: token }),
    };
    const page: z.infer<typeof reply> = await send(
      {
        call: { api: 'resourcegraph:resources', account: 'tenant', region: 'global' },
        url: `${baseUrl}/providers/Microsoft.ResourceGraph/resources?api-version=2022-10-01`,
        body: { subscriptions, query, options },
        audience: 'resourceManager',
        reply,
      },
      signal,
    );
    yield page.data;
    token = page.$skipToken || undefined;
  } while (token !== undefined);
}
