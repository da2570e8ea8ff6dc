import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { AccountDetail, RotateBody, RotateReply } from '../../../src/server/account-api.ts';
import { send } from '../api.ts';
import { Problem } from '../settings/problem.tsx';
import { text } from '../text.ts';
import { AccessReport } from './access-report.tsx';
import { FieldInput } from './field-input.tsx';
import { secretIn, type Typed } from './secret-of.ts';

interface RotatePanelProps {
  readonly account: AccountDetail;
  readonly onDone: () => void;
}

/** A new secret in the place of the old one: typed once, tried first, and gone from here as soon as it was taken. */
export function RotatePanel({ account, onDone }: RotatePanelProps) {
  const [isOpen, setOpen] = useState(false);
  const { replaceable } = account;
  return (
    <section className="panel" aria-label={text.accounts.rotate}>
      <header>
        <h2>{text.accounts.rotate}</h2>
        {replaceable !== null && !isOpen && (
          <button type="button" onClick={() => setOpen(true)}>
            {text.accounts.rotateOpen}
          </button>
        )}
      </header>
      {replaceable === null ? (
        <p className="summary">{text.accounts.rotateNone}</p>
      ) : (
        <>
          <p className="summary">{text.accounts.rotateNote}</p>
          {isOpen && (
            <RotateForm account={account} fields={replaceable.fields} onDone={onDone} onClose={() => setOpen(false)} />
          )}
        </>
      )}
    </section>
  );
}

interface RotateFormProps extends RotatePanelProps {
  readonly fields: NonNullable<AccountDetail['replaceable']>['fields'];
  readonly onClose: () => void;
}

function RotateForm({ account: { id, account }, fields, onDone, onClose }: RotateFormProps) {
  const [typed, setTyped] = useState<Typed>({});
  const [isNoJson, setNoJson] = useState(false);
  const rotate = useMutation({
    mutationFn: (body: RotateBody) => send<RotateReply>('POST', `/accounts/${id}/rotate`, body),
    onSuccess: ({ data }) => {
      if (data.is_replaced) setTyped({});
      onDone();
    },
  });
  const reply = rotate.data?.data;
  const submit = (force: boolean) => {
    if (rotate.isPending) return;
    try {
      rotate.mutate({ secret: secretIn(fields, (path) => typed[path]), ...(force ? { force } : {}) });
      setNoJson(false);
    } catch {
      setNoJson(true);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    submit(false);
  };
  const isOther = reply !== undefined && reply.report.principal !== null && reply.report.principal !== account;
  const mayForce = reply?.is_replaced === false && reply.report.principal === account;
  return (
    <>
      <form className="form rotate" onSubmit={onSubmit} autoComplete="off">
        {fields.map((field) => (
          <FieldInput
            key={field.path}
            field={{ ...field, is_required: field.is_required && field.is_secret }}
            hint={field.is_secret ? undefined : text.accounts.asItIs}
            value={typed[field.path] ?? ''}
            onChange={(value) => setTyped({ ...typed, [field.path]: value })}
          />
        ))}
        {isNoJson && (
          <p className="problem" role="alert">
            {text.connect.noJson}
          </p>
        )}
        <Problem error={rotate.error} />
        <div className="actions">
          <button type="button" onClick={onClose}>
            {text.settings.cancel}
          </button>
          <button type="submit" className="main" aria-disabled={rotate.isPending}>
            {text.accounts.rotateDo}
          </button>
          {mayForce && (
            <button type="button" className="danger" onClick={() => submit(true)}>
              {text.accounts.rotateForce}
            </button>
          )}
        </div>
        <p role="status">
          {rotate.isPending
            ? text.connect.asking
            : reply !== undefined &&
              (reply.is_replaced
                ? text.accounts.rotateDone
                : isOther
                  ? text.accounts.rotateOther
                  : text.accounts.rotateKept)}
        </p>
      </form>
      {reply !== undefined && !rotate.isPending && <AccessReport report={reply.report} />}
    </>
  );
}
