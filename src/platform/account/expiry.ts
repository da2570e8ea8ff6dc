import { z } from 'zod';
import { datedExpiry, type Expiry, endings } from '#model/expiry.ts';
import type { AccountId } from '#store/accounts.ts';
import type { SettingStore } from '#store/settings.ts';

const Kept = z.union([z.strictObject({ of: z.enum(endings), at: z.number().nullable() }), z.null()]);

const nameOf = (account: AccountId) => `account.${account}.expiry`;

/** Until when the secret of an account is good, as it was told when the account was last tried; undefined where that is not known. */
export async function knownExpiry(
  { settings }: { readonly settings: SettingStore },
  account: AccountId,
): Promise<Expiry | undefined> {
  const kept = Kept.parse(JSON.parse((await settings.get(nameOf(account))) ?? 'null'));
  return kept === null ? undefined : datedExpiry(kept);
}

/** Undefined forgets it, as that of another secret. */
export async function keepExpiry(
  { settings }: { readonly settings: SettingStore },
  account: AccountId,
  expiry: Expiry | undefined,
): Promise<void> {
  await settings.set(nameOf(account), JSON.stringify(expiry ?? null));
}
