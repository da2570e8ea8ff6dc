import type { PolicyChoices } from '../../../src/server/rightsizing-api.ts';
import { text } from '../text.ts';
import { type DraftProblem, type PolicyDraft, type PolicyPart, policyParts, type ReadDraft } from './policy-draft.ts';

interface PolicyFieldsProps {
  readonly draft: PolicyDraft;
  readonly problems: ReadDraft['problems'];
  readonly limits: PolicyChoices['limits'];
  readonly onChange: (part: PolicyPart, typed: string) => void;
}

export function PolicyFields({ draft, problems, limits, onChange }: PolicyFieldsProps) {
  return (
    <div className="policy-fields">
      {policyParts.map((part) => (
        <PolicyField
          key={part}
          part={part}
          typed={draft[part]}
          problem={problems[part]}
          isWhole={limits[part].type === 'integer'}
          onChange={onChange}
        />
      ))}
    </div>
  );
}

interface PolicyFieldProps {
  readonly part: PolicyPart;
  readonly typed: string;
  readonly problem: DraftProblem | undefined;
  readonly isWhole: boolean;
  readonly onChange: PolicyFieldsProps['onChange'];
}

function PolicyField({ part, typed, problem, isWhole, onChange }: PolicyFieldProps) {
  const { label, unit, help } = text.rightsizing.fields[part];
  return (
    <div className="policy-field">
      <label htmlFor={part}>{label}</label>
      <span className="with-unit">
        <input
          id={part}
          type="text"
          inputMode={isWhole ? 'numeric' : 'decimal'}
          autoComplete="off"
          value={typed}
          aria-invalid={problem !== undefined}
          aria-describedby={`${part}-help`}
          onChange={(event) => onChange(part, event.target.value)}
        />
        <span>{unit}</span>
      </span>
      <small id={`${part}-help`} className={problem === undefined ? undefined : 'problem'}>
        {problem === undefined ? help : wordsOf(problem)}
      </small>
    </div>
  );
}

function wordsOf(problem: DraftProblem): string {
  switch (problem.kind) {
    case 'number':
      return text.rightsizing.noNumber;
    case 'whole':
      return text.rightsizing.noWhole;
    default:
      return text.rightsizing[problem.kind](problem.limit);
  }
}
