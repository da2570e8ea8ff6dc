import { useQuery } from '@tanstack/react-query';
import type { RightsizingDetail } from '../../../src/server/rightsizing-api.ts';
import { serverRightsizingQuery } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { DecisionPanel } from '../rightsizing/decision-panel.tsx';
import { SeriesPanels } from '../rightsizing/series-panels.tsx';
import { SizeComparison } from '../rightsizing/size-comparison.tsx';
import { VerdictPanel } from '../rightsizing/verdict-panel.tsx';

/** Whether the size of a server is right, and all that this was made of. */
export function RightsizingTab({ id }: { id: string }) {
  const detail = useQuery(serverRightsizingQuery(id));
  return (
    <Answer asked={detail} rows={8}>
      {({ data }) => <Rightsizing detail={data} />}
    </Answer>
  );
}

function Rightsizing({ detail }: { detail: RightsizingDetail }) {
  return (
    <div className="rightsizing-tab">
      <div className="said-and-decided">
        <VerdictPanel detail={detail} />
        <DecisionPanel detail={detail} />
      </div>
      {detail.cpu !== null && <SizeComparison detail={detail} />}
      <SeriesPanels detail={detail} />
    </div>
  );
}
