/** Run as a process: prints the id of the master key of a folder, which it makes where there is none. */
import { masterKey } from '../master-key.ts';

const [folder = ''] = process.argv.slice(2);
console.log((await masterKey({ folder, env: {} })).id);
