import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ErrorCode, errorCodes } from '#model/errors.ts';
import { readProblems } from '#platform/health/problems.ts';
import { type ErrorCause, type ErrorSpan, errorSpans } from '../../server/error-api.ts';
import { summaryReply } from '../../server/error-reply.ts';
import { formatCount } from '../format.ts';
import { dataPlace, openData } from '../open-data.ts';
import { type ListFlags, listsRows, write } from '../output.ts';
import { askedFleet } from '../remote/asked-fleet.ts';
import type { Column } from '../table.ts';

interface ErrorFlags extends ListFlags {
  readonly provider?: string;
  readonly account?: string;
  readonly region?: string;
  readonly code?: ErrorCode;
  readonly since: ErrorSpan;
}

const hourMs = 3_600_000;
const olderLeftOut = 'older ones were not looked at';

export function addErrorsCommand(program: Command): void {
  const command = program
    .command('errors')
    .option('--provider <id>', 'of one cloud')
    .option('--account <id>', "of one account, by the cloud's own id")
    .option('--region <name>', 'of one region')
    .option('--code <code>', 'access_denied, rate_limited, …', parseCode)
    .addOption(new Option('--since <span>', 'how far back').choices(Object.keys(errorSpans)).default('7d'));
  listsRows(command, listErrors);
}

async function listErrors(flags: ErrorFlags, command: Command): Promise<void> {
  const { provider, account, region, code, since } = flags;
  const remote = await askedFleet(command);
  if (remote !== undefined) {
    const { data: summary, demo } = await remote.errors({ provider, account, region, code, since });
    const { causes, retry, is_cut } = summary;
    return write({ flags, rows: causes, columns, meta: { demo, retry, warnings: is_cut ? [olderLeftOut] : [] } });
  }
  await using data = await openData(dataPlace(command));
  const hours = errorSpans[since];
  const problems = await readProblems(data.store, {
    ...(provider === undefined ? {} : { provider }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(code === undefined ? {} : { code }),
    ...(hours === null ? {} : { since: Date.now() - hours * hourMs }),
  });
  const { causes, retry, is_cut } = summaryReply(problems);
  const next = [...problems.retryable.keys()].map((job) => `next   fleetgauge job retry ${job}`);
  await write<ErrorCause>({
    flags,
    store: data.store,
    rows: causes,
    columns,
    meta: { retry, warnings: [...(is_cut ? [olderLeftOut] : []), ...next] },
  });
}

const columns: readonly Column<ErrorCause>[] = [
  { title: 'CODE', value: ({ code }) => code },
  { title: 'TIMES', value: ({ times }) => formatCount(times), raw: ({ times }) => times, alignRight: true },
  { title: 'PLACES', value: ({ places }) => formatCount(places), raw: ({ places }) => places, alignRight: true },
  { title: 'OPEN', value: ({ open }) => formatCount(open), raw: ({ open }) => open, alignRight: true },
  { title: 'SERVERS', value: ({ servers }) => formatCount(servers), raw: ({ servers }) => servers, alignRight: true },
  { title: 'FIRST', value: ({ first_at }) => first_at ?? '–' },
  { title: 'LAST', value: ({ last_at }) => last_at ?? '–' },
  { title: 'FIX', value: fixOf },
];

/** Where one fix helps all it is said, else how many there are. */
export function fixOf({ fixes, fix_count }: Pick<ErrorCause, 'fixes' | 'fix_count'>): string {
  const said = fixes.map(({ fix, message }) => fix ?? message);
  return fix_count > said.length ? `${said.join(' | ')} | and ${fix_count - said.length} more` : said.join(' | ');
}

function parseCode(text: string): ErrorCode {
  if (isErrorCode(text)) return text;
  throw new InvalidArgumentError(`One of ${Object.keys(errorCodes).join(', ')}.`);
}

function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorCodes, text);
}
