import { getRouteApi } from '@tanstack/react-router';
import { formatCount } from '../format.ts';
import { useTypedText } from '../parts/typed-text.ts';
import { text } from '../text.ts';

const route = getRouteApi('/jobs/$id');

interface RunFilterFieldProps {
  readonly hint: string;
  readonly shown: number;
  readonly all: number;
}

/** What is filtered by is in the address. */
export function RunFilterField({ hint, shown, all }: RunFilterFieldProps) {
  const { q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const { typed, setTyped, sent } = useTypedText(q);
  const filter = (next: string) => {
    setTyped(next);
    sent.current.push(next);
    void navigate({
      search: ({ q: _, ...rest }) => (next === '' ? rest : { ...rest, q: next }),
      replace: true,
      resetScroll: false,
    });
  };
  return (
    <search className="run-filter">
      <input
        type="search"
        value={typed}
        aria-label={text.run.filter}
        placeholder={hint}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => filter(event.target.value)}
      />
      <small role="status">{text.run.filterNote(formatCount(shown), formatCount(all))}</small>
      {q !== '' && (
        <button type="button" onClick={() => filter('')}>
          {text.run.clear}
        </button>
      )}
    </search>
  );
}
