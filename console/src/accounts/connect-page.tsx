import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { AccessReply, AccountRow, ProviderDetail } from '../../../src/server/account-api.ts';
import { type ConnectAddress, connectSteps } from '../addresses.ts';
import { accountsQuery, providerQuery, providersQuery, send } from '../api.ts';
import { CollectPlan } from '../collect/collect-plan.tsx';
import { EmptyNotice, FailureNotice, Skeleton } from '../parts/notices.tsx';
import { usePageTitle } from '../parts/page-title.ts';
import { useMay } from '../session/session.ts';
import { text } from '../text.ts';
import { AccessStep } from './access-step.tsx';
import { type Draft, forgetDraft, keepDraft, keptDraft } from './draft.ts';
import { secretOf } from './secret-of.ts';
import { TestStep } from './test-step.tsx';

const route = getRouteApi('/accounts/new');

/** From nothing to the first run: which cloud, how to get in, does it work, what does it cost. */
export function ConnectPage() {
  usePageTitle(text.connect.title);
  const { provider, step: asked = 'provider', account } = route.useSearch();
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
        <CollectPlan scope={{ accounts: [account] }} later />
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
  const { data, error, refetch } = useQuery(providersQuery);
  if (error !== null) return <FailureNotice error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={4} />;
  return (
    <ul className="clouds">
      {data.data.map(({ id, types }) => (
        <li key={id} className="panel">
          <Link to="/accounts/new" search={{ provider: id, step: 'access' }}>
            <b className="cloud-name">{text.connect.clouds[id] ?? id}</b>
            <span>{types.map(({ label }) => label).join(', ')}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface AccessAndTestProps {
  readonly provider: string;
  readonly step: NonNullable<ConnectAddress['step']>;
}

function AccessAndTest({ provider, step }: AccessAndTestProps) {
  const { data, error, refetch } = useQuery(providerQuery(provider));
  if (error !== null) return <FailureNotice error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Skeleton rows={8} />;
  return <Forms detail={data.data} step={step} />;
}

/** Secrets are here and nowhere else, and only until they are saved or the page is left. */
function Forms({ detail, step }: { detail: ProviderDetail; step: AccessAndTestProps['step'] }) {
  const { id, form } = detail;
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [draft, setDraft] = useState<Draft>(() => keptDraft(id));
  const [isNoJson, setNoJson] = useState(false);
  const test = useMutation({
    mutationFn: (secret: object) => send<AccessReply>('POST', '/accounts/test', { provider: id, secret }),
  });
  const save = useMutation({
    mutationFn: (given: { name?: string; secret: object }) =>
      send<AccountRow>('POST', '/accounts', { provider: id, ...given }),
    onSuccess: async ({ data }) => {
      forgetDraft(id);
      void queries.invalidateQueries({ queryKey: accountsQuery.queryKey });
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
      test.mutate(secretNow());
    } catch {
      return setNoJson(true);
    }
    setNoJson(false);
    void navigate({ to: '/accounts/new', search: { provider: id, step: 'test' } });
  };
  if (step === 'test' && !test.isIdle) {
    return (
      <TestStep
        provider={id}
        report={test.data?.data}
        error={test.error}
        isAsking={test.isPending}
        onAgain={startTest}
        onSave={(name) => save.mutate({ ...(name === '' ? {} : { name }), secret: secretNow() })}
        isSaving={save.isPending}
        saveError={save.error}
      />
    );
  }
  return (
    <AccessStep
      detail={detail}
      form={form}
      way={way}
      draft={draft}
      onChange={change}
      onTest={startTest}
      isNoJson={isNoJson}
    />
  );
}
