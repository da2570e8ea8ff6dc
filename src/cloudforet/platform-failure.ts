import { CollectError } from '#model/errors.ts';
import { PlatformCode } from '#wire/platform-error.ts';

/** What to do about failures whose text does not say it. */
const fixes: Readonly<Record<string, string>> = {
  ERROR_RESOURCE_SECRETS_NOT_EXISTS:
    "the platform looks for the secret of whoever wrote the record last: run the cloud's own collector before this one, give the data source a secret of its own, or let this collector read straight from the cloud",
  ERROR_DATA_SOURCE_STATE_DISABLED: 'enable the data source, or leave its provider out by options.providers',
};

export function withFix(error: CollectError): CollectError {
  const fix = error.cause instanceof PlatformCode ? fixes[error.cause.message] : undefined;
  if (fix === undefined) return error;
  const where = error.where === undefined ? {} : { where: error.where };
  return new CollectError(error.code, error.message, { ...where, fix, cause: error.cause });
}

/**
 * Whether an error is of the platform, the network or our token, so that the next servers would meet it too; else it is of the
 * servers that were asked for.
 */
export function isOfThePlatform(error: CollectError): boolean {
  return error.retryable || error.code === 'secret_rejected' || error.code === 'access_denied';
}
