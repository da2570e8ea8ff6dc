import type { CollectError } from './errors.ts';

/** Why a key has no value. No data is never zero: a key is in `monitoring`, or it has one of these. */
export const missingReasons = {
  agent_absent: 'the cloud sees this only through an agent, and none reports for this server',
  stopped: 'the server did not run in the window',
  terminated: 'the server is gone',
  too_new: 'the server is younger than the first whole day of the window',
  denied: 'the cloud refused the read',
  throttled: 'the cloud kept throttling the read until we gave up',
  unavailable: 'the cloud did not answer the read',
  unsupported: 'the cloud does not offer this for such a server',
  not_read: 'the run ended before this was read',
  no_data: 'the cloud answered, and had no point',
} as const satisfies Record<string, string>;

export type MissingReason = keyof typeof missingReasons;

/** What a failed read means for the keys that it should have answered. */
export function reasonOf({ code }: CollectError): MissingReason {
  switch (code) {
    case 'access_denied':
    case 'secret_rejected':
      return 'denied';
    case 'rate_limited':
      return 'throttled';
    case 'invalid_query':
      return 'unsupported';
    case 'budget_exceeded':
    case 'cancelled':
      return 'not_read';
    default:
      return 'unavailable';
  }
}
