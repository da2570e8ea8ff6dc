/** Lines for what has no value: a pattern, so that it is no colour among the others. */
export function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect className="hatch-ground" width="6" height="6" />
        <path className="hatch-line" d="M0 0v6" />
      </pattern>
    </defs>
  );
}
