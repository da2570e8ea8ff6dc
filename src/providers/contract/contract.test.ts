import { loadProvider, providerIds } from '../registry.ts';
import { holdToContract } from './contract.fixture.ts';
import type { Testbeds } from './testbed.fixture.ts';

for (const id of providerIds) {
  const testbeds: Testbeds = await import(`../${id}/testbed.fixture.ts`);
  holdToContract({ id, load: () => loadProvider(id), ...testbeds });
}
