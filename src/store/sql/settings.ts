import type { SettingStore } from '../settings.ts';
import type { SqlSession } from './session.ts';

/** The row that whoever begins a job writes first. */
const turnSetting = 'turn';

export async function takeTurn({ db }: SqlSession): Promise<void> {
  await db.updateTable('setting').set({ value: '' }).where('name', '=', turnSetting).execute();
}

export function sqlSettings(session: SqlSession): SettingStore {
  const get = async ({ db }: SqlSession, name: string) =>
    (await db.selectFrom('setting').select('value').where('name', '=', name).executeTakeFirst())?.value;
  return {
    get: (name) => get(session, name),
    agree: (name, value) =>
      session.transaction(async (tx) => {
        await tx.db
          .insertInto('setting')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute();
        return (await get(tx, name)) ?? value;
      }),
    async set(name, value) {
      await session.transaction((tx) =>
        tx.db
          .insertInto('setting')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .execute(),
      );
    },
  };
}
