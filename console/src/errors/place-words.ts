/** `core / eu-west-1`; nothing where it is all. */
export function placeWords(account: string | undefined, region: string | undefined): string {
  return [account, region].filter((part) => part !== undefined && part !== '*').join(' / ');
}
