import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Send } from './send.ts';

const Page = z.object({
  value: z.array(
    z.object({
      subscriptionId: z.guid().transform((id) => id.toLowerCase()),
      displayName: z.string().optional(),
      state: z.string().optional(),
    }),
  ),
  nextLink: z.string().nullish(),
});

export interface Subscription {
  readonly id: string;
  /** What its owner calls it. */
  readonly name: string | undefined;
}

/** The subscriptions that we may see, sorted by their ids. Free. @throws CollectError */
export async function listSubscriptions(send: Send, baseUrl: string, signal: AbortSignal): Promise<Subscription[]> {
  const found = new Map<string, Subscription>();
  let url: string | undefined = `${baseUrl}/subscriptions?api-version=2022-12-01`;
  while (url !== undefined) {
    const { value, nextLink }: z.infer<typeof Page> = await send(
      {
        call: { api: 'resourcemanager:subscriptions', account: 'tenant', region: 'global' },
        url,
        audience: 'resourceManager',
        reply: Page,
      },
      signal,
    );
    for (const { subscriptionId: id, displayName: name, state } of value)
      if (state !== 'Deleted') found.set(id, { id, name });
    url = nextLink ? nextPage(nextLink, baseUrl) : undefined;
  }
  return [...found.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The token goes along, so it goes to the same place only. @throws CollectError `malformed_reply` */
export function nextPage(nextLink: string, baseUrl: string): string {
  if (URL.canParse(nextLink) && new URL(nextLink).origin === new URL(baseUrl).origin) return nextLink;
  throw new CollectError('malformed_reply', 'Resource Manager named a next page elsewhere', { where: 'tenant' });
}
