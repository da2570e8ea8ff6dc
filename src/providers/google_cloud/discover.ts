import { CollectError } from '#model/errors.ts';
import { type DiscoveryContext, listInstances } from './instances.ts';
import { inParts } from './parts.ts';
import type { Project } from './projects.ts';
import type { GoogleResource } from './resource.ts';

/** Projects whose first page is under way before it is their turn. */
const ahead = 6;

/**
 * The servers of projects, each once, in parts that can be asked for by themselves. Free.
 *
 * @param scoped whether the metrics of other projects are told by the same place
 * @throws CollectError where a project or a zone could not be looked into, after all that could
 */
export function listServers(
  context: DiscoveryContext,
  projects: readonly Project[],
  scoped: boolean,
  signal: AbortSignal,
): AsyncGenerator<GoogleResource[]> {
  return inParts(inTurn(context, projects, signal), scoped);
}

async function* inTurn(
  context: DiscoveryContext,
  projects: readonly Project[],
  signal: AbortSignal,
): AsyncGenerator<GoogleResource[]> {
  const failures: CollectError[] = [];
  const begun: Begun[] = [];
  for (let at = 0; at < projects.length; at++) {
    for (const project of projects.slice(begun.length, at + ahead))
      begun.push(begin(listInstances(context, project, signal)));
    try {
      yield* pagesOf(begun[at]);
    } catch (caught) {
      const error = CollectError.from(caught);
      if (signal.aborted) throw error;
      failures.push(error);
    }
  }
  const [first] = failures;
  if (first !== undefined) throw failures.length === 1 ? first : severalFailed(failures, first);
}

interface Begun {
  readonly first: Promise<IteratorResult<GoogleResource[]>>;
  readonly pages: AsyncGenerator<GoogleResource[]>;
}

function begin(pages: AsyncGenerator<GoogleResource[]>): Begun {
  const first = pages.next();
  // Told when it is its turn; by then it must not have gone unheard.
  first.catch(() => {});
  return { first, pages };
}

async function* pagesOf(begun: Begun | undefined): AsyncGenerator<GoogleResource[]> {
  let page = await begun?.first;
  while (page !== undefined && !page.done) {
    yield page.value;
    page = await begun?.pages.next();
  }
}

function severalFailed(failures: readonly CollectError[], { code, message, fix }: CollectError): CollectError {
  const where = failures.map((failure) => failure.where ?? '').join(', ');
  return new CollectError(code, `${failures.length} projects could not be looked into: ${message}`, {
    where,
    ...(fix === undefined ? {} : { fix }),
  });
}
