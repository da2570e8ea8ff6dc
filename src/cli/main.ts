import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env;
const caches = XDG_CACHE_HOME || (HOME ? join(HOME, '.cache') : LOCALAPPDATA);
// Most of the time to the first line would be spent on reading code. In a folder of this user nobody else can put another code.
if (caches) enableCompileCache(join(caches, 'fleetgauge'));
const { run } = await import('./run.ts');
await run(process.argv.slice(2), process.env);
