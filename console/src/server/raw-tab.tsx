import type { ServerDetail } from '../../../src/server/api.ts';
import { text } from '../text.ts';

export function RawTab({ server }: { server: ServerDetail }) {
  return (
    <section className="panel">
      <header>
        <h2>{text.server.raw}</h2>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{JSON.stringify(server, null, 2)}</pre>
    </section>
  );
}
