const matcher = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*("(?:[^"\\\n]|\\.)*")\s*(,|$)/;

/**
 * The matchers of `{job="node",env=~"prod.*"}`, braces or not, each ready to stand in a selector. Nothing else gets through,
 * so that what a user gives can narrow a query but not change it.
 *
 * @returns undefined where the text is of another form
 */
export function parseMatchers(text: string): string[] | undefined {
  const [, inner = text] = /^\s*\{(.*)\}\s*$/s.exec(text) ?? [];
  const matchers: string[] = [];
  for (let rest = inner.trim(); rest !== ''; ) {
    const [whole, label, operator, value] = matcher.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    matchers.push(`${label}${operator}${value}`);
    rest = rest.slice(whole.length);
  }
  return matchers;
}
