import type { CollectError } from '#model/errors.ts';

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  partial: 3,
  credentials: 4,
  budget: 5,
  interrupted: 130,
} as const;

export function exitCodeOf({ code }: CollectError): number {
  switch (code) {
    case 'invalid_input':
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
