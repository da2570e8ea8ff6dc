/**
 * Makes the function that says which group a server belongs to, by its number: groups are dealt so that any 1,000
 * neighbours hold each in its share.
 *
 * @param groups their `perMille` must add up to 1,000
 */
export function makeDealer<Group extends { readonly perMille: number }>(
  groups: readonly Group[],
): (number: number) => Group {
  const thousand = groups.flatMap((group) => Array.from({ length: group.perMille }, () => group));
  return (number) => {
    const group = thousand[(number * 619 + 137) % 1000];
    if (group === undefined) throw new RangeError('the groups do not add up to 1,000');
    return group;
  };
}
