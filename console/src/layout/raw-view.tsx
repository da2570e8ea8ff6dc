/** As JSON. */
export function RawView({ value }: { value: unknown }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <pre tabIndex={0}>{JSON.stringify(value ?? null, null, 2)}</pre>
  );
}
