import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import type { Send } from './send.ts';

const Page = z.object({
  value: z.array(
    z.object({ subscriptionId: z.guid().transform((id) => id.toLowerCase()), state: z.string().optional() }),
  ),
  nextLink: z.string().nullish(),
});

/** Ids of the subscriptions that we may see, sorted. Free. @throws CollectError */
export async function listSubscriptions(send: Send, baseUrl: string, signal: AbortSignal): Promise<string[]> {
  const found = new Set<string>();
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
    for (const { subscriptionId, state } of value) if (state !== 'Deleted') found.add(subscriptionId);
    url = nextLink ? nextPage(nextLink, baseUrl) : undefined;
  }
  return [...found].sort();
}

/** The token goes along, so it goes to the same place only. @throws CollectError `malformed_reply` */
export function nextPage(nextLink: string, baseUrl: string): string {
  if (URL.canParse(nextLink) && new URL(nextLink).origin === new URL(baseUrl).origin) return nextLink;
  throw new CollectError('malformed_reply', 'Resource Manager named a next page elsewhere', { where: 'tenant' });
}
