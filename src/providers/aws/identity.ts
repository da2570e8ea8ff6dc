import { GetCallerIdentityCommand, type STSClient } from '@aws-sdk/client-sts';
import { CollectError } from '#model/errors.ts';
import type { Send } from './send.ts';

/** The account that the credentials lead into: 12 digits. Needs no permission. @throws CollectError `secret_rejected` */
export async function accountOf(sts: STSClient, send: Send, homeRegion: string, signal: AbortSignal): Promise<string> {
  const { Account: account } = await send(
    { api: 'sts:GetCallerIdentity', region: homeRegion },
    (abortSignal) => sts.send(new GetCallerIdentityCommand({}), { abortSignal }),
    signal,
  );
  if (account === undefined) throw new CollectError('malformed_reply', 'sts:GetCallerIdentity named no account');
  return account;
}
