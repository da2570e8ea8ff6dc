import { expect, it, onTestFinished } from 'vitest';
import { openTestStore } from '../testing/open-test-store.ts';

it('takes nothing from whoever is heard of just then', async () => {
  const { exports, close } = await openTestStore();
  onTestFinished(close);
  for (let round = 0; round < 5; round++) {
    const { id } = await exports.add({ owner: 'user-1', ownerName: 'ann', wish: {} }, 1);
    const file = await exports.claim(10, 0);
    if (file?.id !== id) throw new Error('it was not begun');
    const progress = { done: 0, total: 1, rows: 0 };
    const [taken, goesOn] = await Promise.all([exports.claim(100, 50), exports.append(file, progress, 90)]);
    expect({ isTaken: taken !== undefined, goesOn }).toEqual({ isTaken: !goesOn, goesOn });
    await exports.remove(id);
  }
});
