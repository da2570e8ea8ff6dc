import { type Span, traceTo } from '#model/span.ts';
import { verbosity } from './say.ts';

/** Tells where the time goes, on stderr: of tasks with `-v`, of every call to a cloud with `-vv`. */
export function traceForPeople(): void {
  if (verbosity() === 0) return;
  traceTo({
    begin({ name, kind, attributes }, within) {
      const began = performance.now();
      const known: Record<string, unknown> = { ...attributes };
      const span: Span = {
        set: (more) => void Object.assign(known, more),
        fail: (code) => void Object.assign(known, { failed: code }),
        end() {
          if (kind === 'client' && verbosity() < 2) return;
          const details = Object.entries(known).map(([key, value]) => `${key}=${String(value)}`);
          process.stderr.write(
            `${(performance.now() - began).toFixed(0).padStart(6)} ms  ${name}  ${details.join(' ')}\n`,
          );
        },
      };
      return within(span);
    },
  });
}
