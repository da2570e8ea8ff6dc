import { useQuery } from '@tanstack/react-query';
import { serverRightsizingQuery } from '../api.ts';
import { VerdictPanel } from '../rightsizing/verdict-panel.tsx';

/** Whether the size of the server is right, where that was said; the whole page says why it was not. */
export function PeekVerdict({ id }: { id: string }) {
  const { data } = useQuery(serverRightsizingQuery(id));
  return data === undefined ? null : <VerdictPanel detail={data.data} />;
}
