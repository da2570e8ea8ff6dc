import type { ReactNode } from 'react';
import type { AccessCheckRow } from '../../../src/server/account-api.ts';
import { formatCount } from '../format.ts';
import { Mark } from '../parts/state-mark.tsx';
import { text } from '../text.ts';
import { CodeBlock } from './code-block.tsx';

interface CheckProps {
  readonly check: AccessCheckRow;
  /** Some of its calls were not answered yet. */
  readonly isWaiting?: boolean;
  readonly children?: ReactNode;
}

/** What became of the calls of one API, and what to add where the cloud refused. */
export function Check({ check, isWaiting = false, children }: CheckProps) {
  const { api, took_ms, error, calls } = check;
  return (
    <li>
      <div className="check">
        {error !== null ? (
          <Mark tone="bad" word={text.connect.refused} />
        ) : isWaiting ? (
          <Mark tone="active" word={text.connect.waiting} />
        ) : (
          <Mark tone="good" word={text.connect.works} />
        )}
        <code>{api}</code>
        {children}
        <small className="check-figures">
          {text.connect.calls(formatCount(calls))}
          {!isWaiting && ` · ${formatCount(took_ms)} ms`}
        </small>
      </div>
      {error !== null && <Cause error={error} check={check} />}
    </li>
  );
}

function Cause({ error, check }: { error: NonNullable<AccessCheckRow['error']>; check: AccessCheckRow }) {
  const { failed_in, grant } = check;
  return (
    <div className="check-cause">
      <p>{error.message}</p>
      <p>
        <small>{failed_in.join(', ')}</small>
      </p>
      {grant === null ? (
        <p className="fix">
          <b>{text.runs.fix}</b> {error.code === 'secret_rejected' ? text.connect.wrongKey : error.fix}
        </p>
      ) : (
        <div className="document">
          <CodeBlock title={text.connect.grant} content={grant} />
        </div>
      )}
    </div>
  );
}
