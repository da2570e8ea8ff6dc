/** What the palette offers for a text: all of its words are in the label, in any order. */
export function matches<C extends { readonly label: string }>(commands: readonly C[], typed: string): readonly C[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter(({ label }) => {
    const said = label.toLowerCase();
    return words.every((word) => said.includes(word));
  });
}

/** A query for servers whose name or id contains the text, whatever stands in it; undefined where there is none. */
export function serverQueryOf(typed: string): string | undefined {
  const word = typed.replaceAll('"', '').trim();
  return word === '' ? undefined : `"${word}"`;
}

/** Which option a key leads to among so many; undefined for other keys. The ends are joined. */
export function optionAfter(key: string, from: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case 'ArrowDown':
      return (from + 1) % count;
    case 'ArrowUp':
      return (from - 1 + count) % count;
    case 'PageDown':
      return count - 1;
    case 'PageUp':
      return 0;
    default:
      return undefined;
  }
}
