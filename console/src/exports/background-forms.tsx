import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ExportBody } from '../../../src/server/export-file-api.ts';
import { exportsKey, makeExport } from '../api.ts';
import { useSingleMutation } from '../parts/single-mutation.ts';
import { exportForms } from '../servers/export-forms.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';

interface BackgroundFormsProps {
  /** What can be asked for, in any form. */
  readonly wishes: readonly { readonly label: string; readonly wish: ExportBody }[];
}

/** Asks for files that are made while nobody waits, and says where they will be. */
export function BackgroundForms({ wishes }: BackgroundFormsProps) {
  const queries = useQueryClient();
  const make = useSingleMutation({
    mutationFn: makeExport,
    onSettled: () => queries.invalidateQueries({ queryKey: exportsKey }),
  });
  return (
    <>
      {wishes.map(({ label, wish }) => (
        <fieldset key={label} className="form-group">
          <legend>{label}</legend>
          <ul>
            {exportForms.map(({ form, name }) => (
              <li key={form}>
                <button
                  type="button"
                  aria-disabled={make.isPending}
                  onClick={() => make.mutate({ ...wish, format: form })}
                >
                  {name}
                </button>
              </li>
            ))}
          </ul>
        </fieldset>
      ))}
      <p role="status" className="export-asked">
        {make.data !== undefined && (
          <>
            {text.exports.asked(make.data.data.id)} <Link to="/exports">{text.exports.title}</Link>
          </>
        )}
      </p>
      <Problem error={make.error} />
    </>
  );
}
