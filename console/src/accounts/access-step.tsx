import { Link } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import type { ProviderDetail, SignInForm } from '../../../src/server/account-api.ts';
import { text } from '../text.ts';
import { CodeBlock } from './code-block.tsx';
import type { Draft } from './draft.ts';
import { FieldInput } from './field-input.tsx';
import { RoleSetup } from './role-setup.tsx';
import { fieldsOf, typedKey } from './secret-of.ts';

/** Made by the server, so that nobody can choose another's. */
const externalIdPath = 'assume.0.externalId';

interface AccessStepProps {
  readonly detail: ProviderDetail;
  /** Nothing is asked on behalf of this machine there. */
  readonly isDemo: boolean;
  readonly form: SignInForm;
  readonly way: string;
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly onTest: () => void;
  /** A field that takes JSON holds none. */
  readonly isNoJson: boolean;
}

/** The ways in as the provider's own schema has them, and the permissions to hand out there. */
export function AccessStep({ detail, isDemo, form, way, draft, onChange, onTest, isNoJson }: AccessStepProps) {
  const chosen = form.ways.find(({ id }) => id === way);
  const typed = (path: string) => draft.typed[typedKey(form, way, path)] ?? '';
  const set = (path: string, value: string) =>
    onChange({ way, typed: { ...draft.typed, [typedKey(form, way, path)]: value } });
  const inputs = (fields: SignInForm['fields']) =>
    fields.map((field) => (
      <FieldInput
        key={field.path}
        field={field}
        isFixed={chosen?.is_recommended === true && field.path === externalIdPath}
        value={typed(field.path)}
        onChange={(value) => set(field.path, value)}
      />
    ));
  const own = chosen?.fields ?? [];
  const shared = fieldsOf(form, way).filter((field) => !own.includes(field));
  const required = shared.filter((field) => field.is_required);
  const others = shared.filter((field) => !field.is_required);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onTest();
  };
  return (
    <div className="access">
      <form className="panel" onSubmit={submit} autoComplete="off">
        <header>
          <h2>{text.connect.accessTo(text.connect.clouds[detail.id] ?? detail.name)}</h2>
        </header>
        <div className="form">
          {form.ways.length > 0 && (
            <fieldset className="ways">
              <legend className="filter-name">{text.connect.way}</legend>
              {form.ways.map(({ id, about, is_recommended: isRecommended }) => (
                <label key={id}>
                  <input
                    type="radio"
                    name="way"
                    value={id}
                    checked={id === way}
                    onChange={() => onChange({ way: id, typed: draft.typed })}
                  />
                  <span>
                    <b>{text.connect.ways[id] ?? id}</b>
                    {isRecommended === true && <small>{text.connect.recommended}</small>}
                    {text.connect.ways[id] === undefined && <small>{about}</small>}
                  </span>
                </label>
              ))}
            </fieldset>
          )}
          {inputs(required)}
          {inputs(own)}
          {others.length > 0 && (
            <details className="more" open={others.some(({ path }) => typed(path) !== '')}>
              <summary>{text.connect.more}</summary>
              <div>{inputs(others)}</div>
            </details>
          )}
          {isNoJson && (
            <p className="problem" role="alert">
              {text.connect.noJson}
            </p>
          )}
          <small>{text.connect.sealed}</small>
          <div className="actions">
            <Link to="/accounts/new">{text.connect.otherCloud}</Link>
            <button type="submit" className="main">
              {text.connect.test}
            </button>
          </div>
        </div>
      </form>
      {detail.has_role && !isDemo && chosen?.is_recommended === true ? (
        <RoleSetup
          provider={detail}
          externalId={typed(externalIdPath)}
          onExternalId={(made) => set(externalIdPath, made)}
        />
      ) : (
        detail.permissions.length > 0 && <Permissions documents={detail.permissions} />
      )}
    </div>
  );
}

function Permissions({ documents }: { documents: ProviderDetail['permissions'] }) {
  return (
    <section className="panel" aria-label={text.connect.permissions}>
      <header>
        <h2>{text.connect.permissions}</h2>
      </header>
      <p className="summary">{text.connect.permissionsNote}</p>
      {documents.map((document) => (
        <div key={document.file} className="document">
          <CodeBlock title={document.file} content={document.text} />
          <p className="summary">
            {text.connect.apply} <code>{document.apply}</code>
          </p>
        </div>
      ))}
    </section>
  );
}
