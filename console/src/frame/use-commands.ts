import { useLocation, useNavigate } from '@tanstack/react-router';
import { useSyncExternalStore } from 'react';
import { knownPages } from '../keys/go-keys.ts';
import { keepLanguage, languageNames, languages } from '../language.ts';
import { onSavedViews, savedViews } from '../servers/saved-views.ts';
import { views } from '../servers/view-bar.tsx';
import { useMay } from '../session/session.ts';
import { locale, text } from '../text.ts';
import { applyTheme, themes } from '../theme.ts';

/** One thing that the palette can do. */
export interface Command {
  readonly id: string;
  readonly label: string;
  run(): void;
}

/** What stands under one heading. */
export interface CommandGroup {
  readonly title: string;
  readonly commands: readonly Command[];
}

/** Files that the whole list of servers can be taken as, or, on its page, what its filter lets through. */
const exportForms = [
  { format: 'csv', name: 'CSV' },
  { format: 'ndjson', name: 'NDJSON' },
  { format: 'parquet', name: 'Parquet' },
];

const usualViews = ['all', 'idle', 'hot', 'noMemory'] as const;

/** All that does not depend on what is typed. */
export function useCommands(): readonly CommandGroup[] {
  const navigate = useNavigate();
  const search = useLocation({
    select: ({ pathname, search: { q, type } }) => (pathname === '/servers' ? { q, type } : {}),
  });
  const mayRun = useMay('operator');
  const saved = useSyncExternalStore(onSavedViews, savedViews);
  const usual = usualViews.map((name) => ({ id: name, name: text.list.viewNames[name], search: views[name] }));
  const { palette } = text;
  return [
    {
      title: palette.pages,
      commands: knownPages.map(({ to, page }) => ({ id: to, label: page, run: () => void navigate({ to }) })),
    },
    {
      title: palette.actions,
      commands: [
        ...(mayRun ? [{ id: 'collect', label: text.collect.now, run: () => void navigate({ to: '/jobs/new' }) }] : []),
        ...exportForms.map(({ format, name }) => ({
          id: format,
          label: palette.export(name),
          run: () => download(format, search),
        })),
        ...themes.map((theme) => ({
          id: `theme ${theme}`,
          label: palette.theme(text.frame.themes[theme]),
          run: () => applyTheme(theme),
        })),
        ...languages
          .filter((language) => language !== locale)
          .map((language) => ({
            id: language,
            label: palette.language(languageNames[language]),
            run: () => {
              keepLanguage(language);
              location.reload();
            },
          })),
      ],
    },
    {
      title: palette.views,
      commands: [...usual, ...saved.map((view) => ({ id: `saved ${view.name}`, ...view }))].map(
        ({ id, name, search: to }) => ({
          id,
          label: name,
          run: () => void navigate({ to: '/servers', search: to }),
        }),
      ),
    },
  ];
}

/** By a link, so that the browser writes the file as it comes. */
function download(
  format: string,
  { q, type }: { readonly q?: string | undefined; readonly type?: string | undefined },
): void {
  const link = document.createElement('a');
  link.href = `/api/servers/export?${new URLSearchParams({ format, type: type ?? 'server', q: q ?? '' })}`;
  link.download = '';
  link.click();
}
