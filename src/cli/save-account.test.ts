import { expect, it, onTestFinished } from 'vitest';
import { AccountName } from '#platform/account/name.ts';
import { startFake } from '#providers/prometheus/testing-prometheus.fixture.ts';
import { temporaryFolder } from '#store/testing/temporary-folder.ts';
import { captureOutput } from './captured-output.fixture.ts';
import { openData } from './open-data.ts';
import { saveAccount } from './save-account.ts';

captureOutput();

it('calls an account by a name that the API would take, and knows it by that again', async () => {
  const basePath = `/workspaces/${'w'.repeat(90)}`;
  const fake = await startFake({ basePath });
  onTestFinished(() => fake[Symbol.asyncDispose]());
  await using data = await openData({ folder: await temporaryFolder() });
  const access = { providerId: 'prometheus', secret: async () => ({ url: fake.url }) };
  const { signal } = new AbortController();
  const saved = await saveAccount(data, access, undefined, signal);
  expect(saved.account).toBe(`${new URL(fake.url).host}${basePath}`);
  expect(AccountName.safeParse(saved.name)).toMatchObject({ success: true });
  expect(await saveAccount(data, access, undefined, signal)).toEqual(saved);
});
