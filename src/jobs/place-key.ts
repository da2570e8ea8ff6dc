/** One text for each place that is read: two saved accounts may open the same one. */
export function placeKey(provider: string, account: string, region: string): string {
  return `${provider} ${account} ${region}`;
}
