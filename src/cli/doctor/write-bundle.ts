import { writeFile } from 'node:fs/promises';
import { CollectError } from '#model/errors.ts';
import type { Bundle } from '#platform/diagnostics/bundle.ts';

/** @throws CollectError `conflict` where the file is there already */
export async function writeBundle(file: string, bundle: Bundle): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(bundle, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw new CollectError('conflict', 'the bundle cannot be written', { where: file, fix: 'name a new file', cause });
  }
}
