import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { AccountRow, ProviderDetail } from '../../../src/server/account-api.ts';
import { type ConnectAddress, connectSteps } from '../addresses.ts';
import { providerQuery, providersQuery, send } from '../api.ts';
import { CollectPlan } from '../collect/collect-plan.tsx';
import { Answer } from '../parts/answer.tsx';
import { EmptyNotice } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { AccessStep } from './access-step.tsx';
import { AccountPicker } from './account-picker.tsx';
import { type Draft, forgetDraft, keepDraft, keptDraft } from './draft.ts';
import { roleKey } from './role-setup.tsx';
import { secretOf, typedLines } from './secret-of.ts';
import { TestStep } from './test-step.tsx';
import { useAccessTest } from './use-access-test.ts';
import { useAccountsChanged } from './use-accounts-changed.ts';

const route = getRouteApi('/accounts/new');

/** From nothing to the first run: which cloud, how to get in, does it work, what does it cost. */
export function ConnectPage() {
  usePageTitle(text.connect.title);
  const { provider, step: asked = 'provider', account, ...choice } = route.useSearch();
  const navigate = route.useNavigate();
  const step = provider === undefined ? 'provider' : asked === 'plan' && account === undefined ? 'access' : asked;
  const heading = useRef<HTMLHeadingElement>(null);
  // What follows a step is new: a reader who does not see it hears its name.
  const isFirst = useRef(true);
  useEffect(() => {
    if (!isFirst.current) heading.current?.focus();
    isFirst.current = false;
  }, [step]);
  const isAdmin = useMay('admin');
  return (
    <div className="connect">
      <header className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {text.connect.title}
        </h1>
      </header>
      <Steps current={step} />
      {!isAdmin ? (
        <EmptyNotice title={text.settings.closed}>
          <p>{text.connect.forAdmins}</p>
        </EmptyNotice>
      ) : step === 'provider' || provider === undefined ? (
        <ProviderStep />
      ) : step === 'plan' && account !== undefined ? (
        <CollectPlan
          scope={{ accounts: [account] }}
          choice={choice}
          onChoose={(wanted) =>
            void navigate({ search: (kept) => ({ ...kept, ...wanted }), replace: true, resetScroll: false })
          }
          later
        />
      ) : (
        <AccessAndTest key={provider} provider={provider} step={step} />
      )}
    </div>
  );
}

function Steps({ current }: { current: NonNullable<ConnectAddress['step']> }) {
  return (
    <ol className="steps">
      {connectSteps.map((step, at) => (
        <li key={step} aria-current={step === current ? 'step' : undefined}>
          <b aria-hidden="true">{at + 1}</b> {text.connect.steps[step]}
        </li>
      ))}
    </ol>
  );
}

function ProviderStep() {
  const providers = useQuery(providersQuery);
  return (
    <Answer asked={providers} rows={4}>
      {({ data }) => (
        <ul className="clouds">
          {data.map(({ id, types }) => (
            <li key={id} className="panel">
              <Link to="/accounts/new" search={{ provider: id, step: 'access' }}>
                <b className="cloud-name">{text.connect.clouds[id] ?? id}</b>
                <span lang="en">{types.map(({ label }) => label).join(', ')}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Answer>
  );
}

interface AccessAndTestProps {
  readonly provider: string;
  readonly step: NonNullable<ConnectAddress['step']>;
}

function AccessAndTest({ provider, step }: AccessAndTestProps) {
  const detail = useQuery(providerQuery(provider));
  return (
    <Answer asked={detail} rows={8}>
      {({ data, meta }) => <Forms detail={data} isDemo={meta.demo} step={step} />}
    </Answer>
  );
}

interface FormsProps {
  readonly detail: ProviderDetail;
  readonly isDemo: boolean;
  readonly step: AccessAndTestProps['step'];
}

/** Secrets are here and nowhere else, and only until they are saved or the page is left. */
function Forms({ detail, isDemo, step }: FormsProps) {
  const { id, form } = detail;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const accountsChanged = useAccountsChanged();
  const [draft, setDraft] = useState<Draft>(() => keptDraft(id));
  const [isNoJson, setNoJson] = useState(false);
  const test = useAccessTest();
  const save = useMutation({
    mutationFn: (given: { name?: string; secret: object }) =>
      send<AccountRow>('POST', '/accounts', { provider: id, ...given }),
    onSuccess: async ({ data }) => {
      forgetDraft(id);
      queries.removeQueries({ queryKey: roleKey });
      accountsChanged();
      await navigate({ to: '/accounts/new', search: { provider: id, step: 'plan', account: data.name } });
    },
  });
  if (form === null) {
    return (
      <EmptyNotice title={text.connect.noForm}>
        <code>fleetgauge account add {id} --help</code>
      </EmptyNotice>
    );
  }
  const way = draft.way ?? form.ways[0]?.id ?? '';
  const secretNow = () => secretOf(form, way, draft.typed);
  const change = (next: Draft) => {
    setDraft(next);
    keepDraft(id, form, next);
  };
  const startTest = () => {
    try {
      test.start({ provider: id, secret: secretNow() });
    } catch {
      return setNoJson(true);
    }
    setNoJson(false);
    void navigate({ to: '/accounts/new', search: { provider: id, step: 'test' } });
  };
  const picks = form.fields.find((field) => field.are_accounts === true)?.path;
  const found = test.report?.accounts ?? [];
  if (step === 'test' && test.phase !== 'idle') {
    return (
      <TestStep
        provider={id}
        test={test}
        onAgain={startTest}
        onSave={(name) => save.mutate({ ...(name === '' ? {} : { name }), secret: secretNow() })}
        isSaving={save.isPending}
        saveError={save.error}
      >
        {picks !== undefined && found.length > 1 && (
          <AccountPicker
            found={found}
            picked={typedLines(draft.typed[picks] ?? '')}
            onPick={(ids) => change({ way, typed: { ...draft.typed, [picks]: ids.join('\n') } })}
          />
        )}
      </TestStep>
    );
  }
  return (
    <AccessStep
      detail={detail}
      isDemo={isDemo}
      form={form}
      way={way}
      draft={draft}
      onChange={change}
      onTest={startTest}
      isNoJson={isNoJson}
    />
  );
}
