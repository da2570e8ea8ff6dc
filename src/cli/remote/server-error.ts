import { CollectError, type ErrorCode, type ErrorDetails } from '#model/errors.ts';

/** What came of asking a server, where that says more for the exit code than what went wrong does. */
export class ServerError extends CollectError {
  readonly exit: 'unreachable' | 'credentials';

  constructor(exit: ServerError['exit'], code: ErrorCode, message: string, details: ErrorDetails) {
    super(code, message, details);
    this.exit = exit;
  }
}
