export function GaugeMark() {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="mark">
      <path className="dial" d="M4.2 18a9 9 0 1 1 15.6 0" />
      <path className="hand" d="M12 15.5 16.4 8.4" />
    </svg>
  );
}
