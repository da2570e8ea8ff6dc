import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { statusQuery } from '../api.ts';
import { text } from '../text.ts';

/** Names the page in the browser's own frame, where a demo must be recognisable too. */
export function usePageTitle(page: string): void {
  const isDemo = useQuery(statusQuery).data?.meta.demo === true;
  useEffect(() => {
    const title = `${page} · ${text.product}`;
    document.title = isDemo ? text.frame.demoTitle(title) : title;
  }, [page, isDemo]);
}
