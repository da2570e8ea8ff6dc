import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import type { ProviderDetail, RoleReply } from '../../../src/server/account-api.ts';
import { send } from '../api.ts';
import { Answer } from '../parts/answer.tsx';
import { text } from '../text.ts';
import { CodeBlock } from './code-block.tsx';

interface RoleSetupProps {
  readonly provider: ProviderDetail;
  /** Of the draft; empty before there was one. */
  readonly externalId: string;
  readonly onExternalId: (id: string) => void;
}

/** Below it lies what was made for a draft, which is forgotten with it. */
export const roleKey = ['role'] as const;

/** What the owner of the account applies, with an external id that is the draft's own. */
export function RoleSetup({ provider, externalId, onExternalId }: RoleSetupProps) {
  const [trusted, setTrusted] = useState<string>();
  const role = useQuery({
    queryKey: [...roleKey, provider.id, trusted],
    queryFn: () =>
      send<RoleReply>('POST', `/providers/${encodeURIComponent(provider.id)}/role`, {
        ...(externalId === '' ? {} : { external_id: externalId }),
        ...(trusted === undefined ? {} : { trusted }),
      }),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const made = role.data?.data.external_id;
  useEffect(() => {
    if (made !== undefined && made !== externalId) onExternalId(made);
  }, [made, externalId, onExternalId]);
  return (
    <section className="panel" aria-label={text.connect.role}>
      <header>
        <h2>{text.connect.role}</h2>
      </header>
      <Answer asked={role} rows={8}>
        {({ data }) =>
          data.trusted === null ? (
            <WhoIsTrusted onTrust={setTrusted} />
          ) : (
            <Documents role={data} trusted={data.trusted} provider={provider} />
          )
        }
      </Answer>
    </section>
  );
}

/** A role is taken on by somebody: where this machine is nobody there, its owner says who it will be. */
function WhoIsTrusted({ onTrust }: { onTrust: (account: string) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onTrust(String(new FormData(event.currentTarget).get('trusted')));
  };
  return (
    <form className="form in-line" onSubmit={submit}>
      <p className="summary">{text.connect.roleNobody}</p>
      <label>
        <span className="filter-name">{text.connect.trusted}</span>
        <input
          name="trusted"
          required
          pattern="\d{12}"
          inputMode="numeric"
          autoComplete="off"
          placeholder="123456789012"
        />
      </label>
      <button type="submit">{text.connect.roleMake}</button>
    </form>
  );
}

interface DocumentsProps {
  readonly role: RoleReply;
  readonly trusted: string;
  readonly provider: ProviderDetail;
}

/** The last one is the policy alone, for a role that there is already. */
const forms = ['template', 'cli', 'terraform', 'policy'] as const;

function Documents({ role, trusted, provider }: DocumentsProps) {
  const [shown, setShown] = useState<(typeof forms)[number]>('template');
  const policy = provider.permissions[0];
  const document =
    shown === 'policy'
      ? policy && { file: policy.file, text: policy.text }
      : role.documents.find(({ form }) => form === shown);
  return (
    <>
      <p className="summary">{text.connect.roleNote(trusted)}</p>
      <fieldset className="switch role-forms">
        <legend className="unseen">{text.connect.roleForms}</legend>
        {forms.map((form) => (
          <button key={form} type="button" aria-pressed={form === shown} onClick={() => setShown(form)}>
            {text.connect.forms[form]}
          </button>
        ))}
      </fieldset>
      {document !== undefined && (
        <div className="document">
          {shown === 'template' && (
            <ol className="role-steps">
              <li>
                <button type="button" onClick={() => save(document.file, document.text)}>
                  {text.connect.saveTemplate}
                </button>
              </li>
              <li>
                <a href={role.console_url} rel="noopener noreferrer" target="_blank">
                  {text.connect.openCloudFormation} ↗
                </a>{' '}
                {text.connect.uploadTemplate}
              </li>
              <li>{text.connect.takeRoleArn}</li>
            </ol>
          )}
          {shown === 'cli' && <p className="summary">{text.connect.cliNote}</p>}
          <CodeBlock title={document.file} content={document.text} />
        </div>
      )}
    </>
  );
}

function save(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
