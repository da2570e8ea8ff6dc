import type { z } from 'zod';
import { CollectionSettings } from '#platform/collection/settings.ts';

/* What the API says of what runs read. The console takes these types. */

export const CollectionReply = CollectionSettings;
export type CollectionReply = z.infer<typeof CollectionReply>;
