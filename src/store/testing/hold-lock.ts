/** Run as a process: becomes the server of a folder, says so, and stays. */
import { lockServer } from '../lock.ts';

const [folder = '', url = ''] = process.argv.slice(2);
await lockServer(folder, { url });
console.log('locked');
setInterval(() => undefined, 1000);
