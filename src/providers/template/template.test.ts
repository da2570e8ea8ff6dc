import { expect, it } from 'vitest';
import { holdToContract } from '../contract/contract.fixture.ts';
import { templateCloud } from './index.ts';
import { signIn } from './sign-in.ts';
import { openTestbed } from './testbed.fixture.ts';
import { openTestbed as openUnwritten } from './unwritten-testbed.fixture.ts';

holdToContract({ id: 'template_cloud', load: async () => templateCloud, openTestbed });

it('takes the token from where it is asked for, and makes of it what opens the cloud', async () => {
  const secret = await signIn.secretFrom({ endpoint: 'https://cloud.example' }, async (what) => `the ${what}`);
  expect(templateCloud.parseSecret(secret)).toEqual({ endpoint: 'https://cloud.example', token: 'the token' });
});

it('says what is to be filled in, as long as nothing is', async () => {
  await expect(openUnwritten()).rejects.toThrow(/fill in .*testbed\.fixture\.ts[\s\S]*fetch\.ts/);
});
