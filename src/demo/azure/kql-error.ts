/** Why a query cannot be answered: it is no KQL, or it uses what Resource Graph (or the simulation) does not know. */
export class KqlError extends Error {
  readonly code: 'ParserFailure' | 'InvalidQueryLanguage';
  readonly token: string;
  /** Place in the query's text. */
  readonly at: number;

  constructor(code: KqlError['code'], token: string, at: number) {
    super(`${code} at '${token}'`);
    this.name = 'KqlError';
    this.code = code;
    this.token = token;
    this.at = at;
  }
}
