import { CollectError } from '#model/errors.ts';
import type { Expiry } from '#model/expiry.ts';
import { knownExpiry } from '#platform/account/expiry.ts';
import { leaves } from '#platform/diagnostics/leaves.ts';
import { openSecret } from '#platform/secret/accounts.ts';
import type { Account } from '#store/accounts.ts';
import { testAccount } from '../account-test.ts';
import { expiryText, soonMs } from '../expiry-text.ts';
import { formatCount, plural } from '../format.ts';
import type { Data } from '../open-data.ts';
import type { Check } from './check.ts';

/** Where each cloud answers anybody, if only with a refusal: its answer has a date. */
const publicEndpoints: Readonly<Record<string, string>> = {
  aws: 'https://sts.amazonaws.com/',
  azure: 'https://management.azure.com/',
  google_cloud: 'https://monitoring.googleapis.com/',
};
/** AWS refuses a signature that is further off, in milliseconds. */
const refusedMs = 300_000;
const oddMs = 5_000;
const answerMs = 5_000;

/** The account as the existing test finds it; nothing that it calls is billed. @throws CollectError `cancelled` */
export async function checkAccount(data: Data, account: Account, signal: AbortSignal): Promise<Check> {
  const name = `account ${account.name}`;
  let servers = 0;
  const refusals: string[] = [];
  let fix: string | undefined;
  try {
    for await (const finding of testAccount(data, account, signal)) {
      if (finding.about === 'servers') servers += finding.servers;
      if (finding.about !== 'refusal') continue;
      refusals.push(`${finding.account} ${finding.region ?? ''} ${finding.error.message}`);
      fix ??= finding.error.fix;
    }
  } catch (caught) {
    const error = CollectError.from(caught);
    if (error.code === 'cancelled') throw error;
    if (error.code !== 'secret_rejected')
      return { name, state: 'problem', message: error.message, fix: error.fix ?? testAgain(account) };
    const expiry = await knownExpiry(data.store, account.id);
    const ended = isOver(expiry) ? expiryText(expiry, Date.now()) : undefined;
    if (ended !== undefined) return { name, state: 'problem', message: ended, fix: rotate(account) };
    const message = `${error.message}: the secret is wrong, or has expired`;
    const fix = error.fix === undefined ? rotate(account) : `${error.fix}; or ${rotate(account)}`;
    return { name, state: 'problem', message, fix };
  }
  const expiry = await knownExpiry(data.store, account.id);
  if (refusals.length === 0) return wellUntil(account, expiry, `signed in, ${plural(servers, 'server')}`);
  const more = refusals.length > 1 ? `, and ${formatCount(refusals.length - 1)} more` : '';
  return { name, state: 'problem', message: `${refusals[0]}${more}`, fix: fix ?? testAgain(account) };
}

/** What works now, and may not much longer. */
function wellUntil(account: Account, expiry: Expiry | undefined, message: string): Check {
  const name = `account ${account.name}`;
  const text = expiryText(expiry, Date.now());
  if (text === undefined) return { name, state: 'ok', message };
  const all = `${message}; its ${text}`;
  if (!isSoon(expiry)) return { name, state: 'ok', message: all };
  return { name, state: isOver(expiry) ? 'problem' : 'warning', message: all, fix: rotate(account) };
}

function isSoon(expiry: Expiry | undefined): boolean {
  return expiry !== undefined && expiry.at !== null && expiry.at < Date.now() + soonMs;
}

function isOver(expiry: Expiry | undefined): boolean {
  return expiry !== undefined && expiry.at !== null && expiry.at <= Date.now();
}

function rotate({ name }: Account): string {
  return `fleetgauge account rotate ${name}`;
}

function testAgain({ name }: Account): string {
  return `fleetgauge account test ${name}`;
}

/** Against the date of an answer of a cloud that we are connected to: whole seconds. */
export async function checkClock(data: Data, accounts: readonly Account[], signal: AbortSignal): Promise<Check> {
  for (const account of accounts) {
    const url = await endpointOf(data, account).catch(() => undefined);
    const skewMs = url === undefined ? undefined : await skewAgainst(url, signal).catch(() => undefined);
    if (skewMs === undefined) continue;
    const message = `${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} ${account.provider}`;
    const fix = 'let the operating system set its clock by NTP';
    if (Math.abs(skewMs) > refusedMs) return { name: 'clock', state: 'problem', message, fix };
    if (Math.abs(skewMs) > oddMs) return { name: 'clock', state: 'warning', message, fix };
    return { name: 'clock', state: 'ok', message: 'within 5 s of the clouds' };
  }
  return { name: 'clock', state: 'unknown', message: 'not measured: no connected cloud told its time' };
}

/** Where this account's calls go. */
async function endpointOf(data: Data, account: Account): Promise<string | undefined> {
  const own = leaves(await openSecret(data.store, data.key, account)).find((text) => /^https?:\/\/[^{}]+$/.test(text));
  return own ?? publicEndpoints[account.provider];
}

async function skewAgainst(url: string, signal: AbortSignal): Promise<number | undefined> {
  const asked = Date.now();
  const { headers } = await fetch(url, {
    method: 'HEAD',
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(answerMs)]),
  });
  const told = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(told)) return undefined;
  // The date has whole seconds, cut off; half a second later is the middle of what it may mean.
  return (asked + Date.now()) / 2 - (told + 500);
}
