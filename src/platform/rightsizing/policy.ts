import { type Policy, PolicySchema, presets } from '#rightsizing/policy.ts';
import type { SettingStore } from '#store/settings.ts';
import { parseStored } from '#store/sql/stored-json.ts';

const policySetting = 'rightsizing_policy';

/** The policy that verdicts are made by; the standard one where none was chosen. */
export async function readPolicy(settings: SettingStore): Promise<Policy> {
  const stored = await settings.get(policySetting);
  return stored === undefined ? presets.standard : parseStored(PolicySchema, stored, 'the policy of rightsizing');
}

/** Holds for all who share the store, from now on. */
export async function writePolicy(settings: SettingStore, policy: Policy): Promise<void> {
  await settings.set(policySetting, JSON.stringify(policy));
}
