import { CollectError } from '#model/errors.ts';
import type { Project } from './projects.ts';

/** Projects whose first page is under way before it is their turn. */
const ahead = 6;

/**
 * What projects list, one after the other, in their order.
 *
 * @throws CollectError where a project could not be looked into, or not wholly, after all that could
 */
export async function* projectByProject<T>(
  projects: readonly Project[],
  list: (project: Project) => AsyncGenerator<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const failures: CollectError[] = [];
  const begun: Begun<T>[] = [];
  for (let at = 0; at < projects.length; at++) {
    for (const project of projects.slice(begun.length, at + ahead)) begun.push(begin(list(project)));
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

interface Begun<T> {
  readonly first: Promise<IteratorResult<T>>;
  readonly pages: AsyncGenerator<T>;
}

function begin<T>(pages: AsyncGenerator<T>): Begun<T> {
  const first = pages.next();
  // Told when it is its turn; by then it must not have gone unheard.
  first.catch(() => {});
  return { first, pages };
}

async function* pagesOf<T>(begun: Begun<T> | undefined): AsyncGenerator<T> {
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
