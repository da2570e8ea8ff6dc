import type { SignInForm } from '../../../src/server/account-api.ts';
import { type Typed, withoutSecrets } from './secret-of.ts';

export interface Draft {
  readonly way: string | undefined;
  readonly typed: Typed;
}

const keyOf = (provider: string) => `fleetgauge.connect.${provider}`;

/** What was typed before, in this tab; never a secret. */
export function keptDraft(provider: string): Draft {
  try {
    const kept: Partial<Draft> = JSON.parse(sessionStorage.getItem(keyOf(provider)) ?? '{}');
    return { way: kept.way, typed: kept.typed ?? {} };
  } catch {
    return { way: undefined, typed: {} };
  }
}

export function keepDraft(provider: string, form: SignInForm, { way, typed }: Draft): void {
  sessionStorage.setItem(keyOf(provider), JSON.stringify({ way, typed: withoutSecrets(form, typed) }));
}

export function forgetDraft(provider: string): void {
  sessionStorage.removeItem(keyOf(provider));
}
