import { text } from '../text.ts';

interface SaveActionProps {
  readonly mayChange: boolean;
  readonly isPending: boolean;
  /** What those read who may only look. */
  readonly readOnly: string;
}

/** The end of a form that admins save and others look at. */
export function SaveAction({ mayChange, isPending, readOnly }: SaveActionProps) {
  if (!mayChange) return <p className="summary">{readOnly}</p>;
  return (
    <div className="actions">
      <button type="submit" className="main" aria-disabled={isPending}>
        {text.settings.save}
      </button>
    </div>
  );
}
