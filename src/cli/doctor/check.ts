/** What was looked at, and what came of it. */
export interface Check {
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'problem' | 'fixed' | 'unknown';
  /** One line. */
  readonly message: string;
  /** What the reader can do about it, as a sentence or a command. */
  readonly fix?: string;
  /** Does what is safe to be done: `--fix`. */
  readonly mend?: () => Promise<void>;
}

/** Does what is safe, and says of it that it is done. */
export async function mended(check: Check): Promise<Check> {
  if (check.mend === undefined) return check;
  try {
    await check.mend();
  } catch (caught) {
    const why = caught instanceof Error ? caught.message : String(caught);
    return { ...check, message: `${check.message}; it cannot be mended: ${why}` };
  }
  return { name: check.name, state: 'fixed', message: `${check.message}: mended` };
}
