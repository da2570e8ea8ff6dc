import type { CollectError } from '#model/errors.ts';
import { ServerError } from './remote/server-error.ts';

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  credentials: 4,
  budget: 5,
  findings: 6,
  unreachable: 7,
  timeout: 124,
  interrupted: 130,
} as const;

/** What each of them means; `--help` and docs/cli.md say the same. */
export const exitCodeMeanings: Readonly<Record<keyof typeof exitCodes, string>> = {
  ok: 'done',
  failed: 'failed',
  usage: 'wrong usage',
  partial: 'partly failed',
  credentials: 'credentials refused',
  budget: 'over budget or not agreed to',
  findings: 'found what --fail-on names',
  unreachable: 'no server answers',
  timeout: '--timeout is over',
  interrupted: 'interrupted (what was read is stored)',
};

export function exitCodeOf(error: CollectError): number {
  if (error instanceof ServerError) return exitCodes[error.exit];
  switch (error.code) {
    case 'invalid_input':
    case 'invalid_query':
      return exitCodes.usage;
    case 'secret_rejected':
      return exitCodes.credentials;
    case 'budget_exceeded':
      return exitCodes.budget;
    case 'cancelled':
      return exitCodes.interrupted;
    default:
      return exitCodes.failed;
  }
}
