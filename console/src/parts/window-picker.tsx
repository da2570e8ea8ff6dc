import { Link, type LinkProps, useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { text } from '../text.ts';

const usualSpans = [7, 14, 30, 90] as const;

interface WindowPickerProps {
  /** What is shown over these days. */
  readonly label: string;
  readonly win: number;
  /** Days at most. */
  readonly most: number;
  /** To the same page, with so many days. */
  readonly linkTo: (win: number) => LinkProps;
}

/** Folded from the days that are stored, so that another window costs no call. `[` is a shorter one, `]` a longer one. */
export function WindowPicker({ label, win, most, linkTo }: WindowPickerProps) {
  const navigate = useNavigate();
  const shorter = usualSpans.findLast((span) => span < win);
  const longer = usualSpans.find((span) => span > win);
  const isUsual = usualSpans.some((span) => span === win);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const days = Number(new FormData(event.currentTarget).get('days'));
    void navigate({ ...linkTo(days), resetScroll: false });
  };
  return (
    <div className="window-picker">
      <span className="filter-name" aria-hidden="true">
        {label}
      </span>
      <nav className="switch" aria-label={label}>
        {usualSpans.map((span) => (
          <Link
            key={span}
            {...linkTo(span)}
            activeOptions={{ exact: true }}
            aria-current={span === win ? 'true' : undefined}
            aria-keyshortcuts={span === shorter ? '[' : span === longer ? ']' : undefined}
            resetScroll={false}
          >
            {text.history.lastDays(span)}
          </Link>
        ))}
      </nav>
      <form onSubmit={submit}>
        <input
          key={win}
          name="days"
          type="number"
          min="1"
          max={most}
          step="1"
          required
          aria-label={text.window.custom}
          placeholder={text.window.days}
          defaultValue={isUsual ? '' : win}
        />
      </form>
    </div>
  );
}
