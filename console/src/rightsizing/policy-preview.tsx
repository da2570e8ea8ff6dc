import type { RightsizingSummary } from '../../../src/server/rightsizing-api.ts';
import { formatCount } from '../format.ts';
import { text } from '../text.ts';
import { verdictClasses } from './class-figures.tsx';
import { ClassMark } from './marks.tsx';
import { formatMonth, potentialOf } from './month.ts';

interface PolicyPreviewProps {
  readonly before: RightsizingSummary;
  /** Undefined as long as it is not counted. */
  readonly after: RightsizingSummary | undefined;
  readonly isCounting: boolean;
  readonly isInvalid: boolean;
}

/** What another policy would say of the same servers. */
export function PolicyPreview({ before, after, isCounting, isInvalid }: PolicyPreviewProps) {
  const words = text.rightsizing;
  return (
    <section className="panel preview" aria-busy={isCounting}>
      <header>
        <h2>{words.preview}</h2>
        <small role="status">{isInvalid ? words.previewInvalid : isCounting ? words.previewWait : ''}</small>
      </header>
      <table className={isCounting ? 'stale' : undefined}>
        <thead>
          <tr>
            <th scope="col">{words.class}</th>
            <th scope="col" className="number">
              {words.before}
            </th>
            <th scope="col" className="number">
              {words.after}
            </th>
            <th scope="col" className="number">
              {words.change}
            </th>
          </tr>
        </thead>
        <tbody>
          {verdictClasses.map((name) => {
            const [was, will] = [before.classes[name].servers, after?.classes[name].servers];
            return (
              <tr key={name}>
                <th scope="row">
                  <ClassMark name={name} />
                </th>
                <td className="number">{formatCount(was)}</td>
                <td className="number">{will === undefined ? '–' : formatCount(will)}</td>
                <td className="number">{will === undefined ? '–' : differenceOf(will - was)}</td>
              </tr>
            );
          })}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">{words.potential}</th>
            <td className="number">{words.perMonth(formatMonth(potentialOf(before).usd))}</td>
            <td className="number">
              {after === undefined ? '–' : words.perMonth(formatMonth(potentialOf(after).usd))}
            </td>
            <td />
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function differenceOf(servers: number): string {
  if (servers === 0) return text.rightsizing.unchanged;
  return `${servers > 0 ? '+' : '−'}${formatCount(Math.abs(servers))}`;
}
