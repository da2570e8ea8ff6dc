/** For a shell: within single quotes nothing but these has a meaning. */
export function quotedForShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
