import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type {
  PolicyChoices,
  PolicyParts,
  PolicyReply,
  RightsizingSummary,
} from '../../../src/server/rightsizing-api.ts';
import { policyPreviewQuery, rightsizingKey, savePolicy } from '../api.ts';
import { withoutSaved } from '../settings/touched.ts';
import { text } from '../text.ts';
import { PeakHistogram } from './peak-histogram.tsx';
import { draftOf, isSamePolicy, type PolicyDraft, type PolicyPart, readDraft } from './policy-draft.ts';
import { PolicyFields } from './policy-fields.tsx';
import { PolicyPreview } from './policy-preview.tsx';

interface PolicyEditorProps {
  readonly summary: RightsizingSummary;
  readonly choices: PolicyChoices;
  readonly mayDecide: boolean;
}

/** How long typing must rest before the fleet is counted again, in milliseconds. */
const restMs = 400;

export function PolicyEditor({ summary, choices: { presets, limits }, mayDecide }: PolicyEditorProps) {
  const [touched, setTouched] = useState<Partial<PolicyDraft>>({});
  const draft = { ...draftOf(summary.policy), ...touched };
  const { policy, problems } = readDraft(draft, limits);
  const isChanged = policy === undefined || !isSamePolicy(policy, summary.policy);
  const rested = useRested(policy !== undefined && isChanged ? policy : undefined);
  const preview = useQuery(policyPreviewQuery(rested));
  const after = policy === undefined ? undefined : isChanged ? preview.data?.data : summary;
  const isCounting = isChanged && (preview.isFetching || rested === undefined || rested !== policy);
  const named = policy && presets.find((preset) => isSamePolicy(preset, policy));
  const change = (part: PolicyPart, typed: string) => setTouched((before) => ({ ...before, [part]: typed }));
  return (
    <div className="policy-columns">
      <section className="panel">
        <header>
          <h2>{text.rightsizing.policyForm}</h2>
          <PresetSwitch presets={presets} chosen={named} isDisabled={!mayDecide} onChoose={setTouched} />
        </header>
        {!mayDecide && <p className="summary">{text.rightsizing.viewerPolicy}</p>}
        <PolicyForm
          isDisabled={!mayDecide}
          policy={policy}
          isChanged={isChanged}
          named={named?.name}
          // What was typed since it was sent is not saved yet.
          onSaved={() => setTouched((now) => withoutSaved(now, touched))}
        >
          <PolicyFields draft={draft} problems={problems} limits={limits} onChange={change} />
        </PolicyForm>
      </section>
      {mayDecide && (
        <PolicyPreview before={summary} after={after} isCounting={isCounting} isInvalid={policy === undefined} />
      )}
      <PeakHistogram
        summary={after ?? summary}
        threshold={Number(draft.idle_cpu_percent)}
        onThreshold={mayDecide ? (percent) => change('idle_cpu_percent', String(percent)) : undefined}
      />
    </div>
  );
}

interface PresetSwitchProps {
  readonly presets: readonly PolicyReply[];
  readonly chosen: PolicyReply | undefined;
  readonly isDisabled: boolean;
  readonly onChoose: (draft: PolicyDraft) => void;
}

function PresetSwitch({ presets, chosen, isDisabled, onChoose }: PresetSwitchProps) {
  return (
    <fieldset className="switch" disabled={isDisabled}>
      <legend className="unseen">{text.rightsizing.presetList}</legend>
      {presets.map((preset) => (
        <button
          key={preset.name}
          type="button"
          aria-pressed={preset === chosen}
          onClick={() => onChoose(draftOf(preset))}
        >
          {text.rightsizing.presets[preset.name]}
        </button>
      ))}
    </fieldset>
  );
}

interface PolicyFormProps {
  readonly policy: PolicyParts | undefined;
  readonly named: PolicyReply['name'] | undefined;
  readonly isChanged: boolean;
  readonly isDisabled: boolean;
  readonly onSaved: () => void;
  readonly children: React.ReactNode;
}

function PolicyForm({ policy, named, isChanged, isDisabled, onSaved, children }: PolicyFormProps) {
  const queries = useQueryClient();
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: savePolicy,
    onSuccess: () => queries.invalidateQueries({ queryKey: rightsizingKey }),
  });
  return (
    <form
      className="policy-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const wrong = event.currentTarget.querySelector<HTMLElement>('[aria-invalid="true"]');
        if (policy === undefined) wrong?.focus();
        else if (!isPending)
          mutate(named === undefined || named === 'custom' ? policy : { name: named }, { onSuccess: onSaved });
      }}
    >
      <fieldset disabled={isDisabled}>
        <legend className="unseen">{text.rightsizing.policyForm}</legend>
        {children}
        {!isDisabled && (
          <p className="actions">
            <button type="submit" className="primary">
              {text.rightsizing.save}
            </button>
            <span role="status" className={isChanged ? 'missing' : 'told'}>
              {isChanged ? text.rightsizing.unsaved : isSuccess ? text.rightsizing.saved : ''}
            </span>
          </p>
        )}
        {error !== null && (
          <p role="alert" className="problem">
            {text.rightsizing.notSaved(error.message)}
          </p>
        )}
      </fieldset>
    </form>
  );
}

/** The value, once it has stayed the same for a moment. */
function useRested(policy: PolicyParts | undefined): PolicyParts | undefined {
  const said = policy && JSON.stringify(policy);
  const [rested, setRested] = useState<{ readonly said: string; readonly policy: PolicyParts }>();
  useEffect(() => {
    if (said === undefined) return setRested(undefined);
    const timer = setTimeout(() => setRested({ said, policy: JSON.parse(said) }), restMs);
    return () => clearTimeout(timer);
  }, [said]);
  return said !== undefined && rested?.said === said ? policy : rested?.policy;
}
