import type { AccountDetail } from '../../../src/server/account-api.ts';
import { Fact } from '../parts/fact.tsx';
import { text } from '../text.ts';
import { Expiry } from './expiry.tsx';
import { fieldName } from './field-name.ts';
import { Moment } from './moment.tsx';

const unknown = <span className="missing">–</span>;

/** How it is connected, by whom and since when; what nobody knows is a dash. */
export function AccountFacts({ account: shown }: { account: AccountDetail }) {
  const { provider, account, connected, key_hint, regions } = shown;
  const way = connected?.way ?? null;
  const key = key_hint === null ? undefined : `****${key_hint}`;
  const fields = connected?.fields.filter(({ value }) => value !== key) ?? [];
  return (
    <section className="panel" aria-label={text.accounts.connected}>
      <header>
        <h2>{text.accounts.connected}</h2>
      </header>
      <dl className="account-facts">
        <Fact label={text.accounts.cloud}>{text.connect.clouds[provider] ?? provider}</Fact>
        <Fact label={text.accounts.account}>{account}</Fact>
        <Fact label={text.connect.way}>{way === null ? unknown : (text.connect.ways[way] ?? way)}</Fact>
        <Fact label={text.accounts.key}>{key ?? unknown}</Fact>
        {fields.map(({ path, value }) => (
          <Fact key={path} label={fieldName(path)}>
            {value}
          </Fact>
        ))}
        {regions.length > 0 && <Fact label={text.accounts.regions}>{regions.join(', ')}</Fact>}
        <Fact label={text.accounts.added}>
          <Moment at={shown.created_at} />
          {shown.added_by !== null && ` · ${shown.added_by}`}
        </Fact>
        <Fact label={text.accounts.lastUsed}>
          {shown.last_used_at === null ? text.settings.never : <Moment at={shown.last_used_at} />}
        </Fact>
        <Fact label={text.accounts.rotated}>
          {shown.rotated_at === null ? (
            unknown
          ) : (
            <>
              <Moment at={shown.rotated_at} />
              {shown.rotated_by !== null && ` · ${shown.rotated_by}`}
            </>
          )}
        </Fact>
        <Fact label={text.accounts.until}>
          <Expiry expires={shown.expires} />
        </Fact>
        <Fact label={text.accounts.tested}>
          {shown.status.at === null ? text.settings.never : <Moment at={shown.status.at} />}
        </Fact>
      </dl>
    </section>
  );
}
