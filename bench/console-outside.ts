import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What does not need a browser. All times in milliseconds. */
export interface OutsideFigures {
  readonly exportFirstByte: number;
  readonly export: number;
  readonly cliHelp: number;
  readonly cliList: number;
}

const main = join(import.meta.dirname, '../src/cli/main.ts');
const rounds = 5;

/** @param data the folder of the store that is served at `url` */
export async function outside(url: string, data: string): Promise<OutsideFigures> {
  const start = performance.now();
  const answer = await fetch(`${url}/api/servers/export?format=csv`);
  let firstByte: number | undefined;
  for await (const _ of answer.body ?? []) firstByte ??= performance.now() - start;
  return {
    exportFirstByte: firstByte ?? Number.NaN,
    export: performance.now() - start,
    cliHelp: await medianOf(['--help'], data),
    cliList: await medianOf(['server', 'list', '--limit', '50'], data),
  };
}

async function medianOf(args: readonly string[], data: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = performance.now();
    await promisify(execFile)(process.execPath, [main, '--data', data, ...args], { env: { HOME: data } });
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN;
}
