/** Names and numbers: never a secret, an address with its query, or what somebody wrote. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** Something that takes its time. */
export interface Span {
  set(attributes: SpanAttributes): void;
  /** It went wrong. @param code `rate_limited` */
  fail(code: string): void;
  end(): void;
}

export interface SpanStart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes: SpanAttributes;
  /** Headers of a request that may be part of somebody else's trace. */
  readonly from?: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** Where spans go. */
export interface Tracer {
  /** @param within what `within` begins, and all that follows from it, is part of the span */
  begin<T>(start: SpanStart, within: (span: Span) => T): T;
}

let current: Tracer | undefined;

/** Spans go there from now on; nowhere where there is none. */
export function traceTo(tracer: Tracer | undefined): void {
  current = tracer;
}

/** Undefined where nobody wants to know. */
export function tracer(): Tracer | undefined {
  return current;
}

const nowhere: Span = { set: () => {}, fail: () => {}, end: () => {} };

/** Work as a span; it may say of itself how it went. What it throws fails the span, and comes out. */
export async function inSpan<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T> {
  if (current === undefined) return work(nowhere);
  return current.begin(start, async (span) => {
    try {
      return await work(span);
    } catch (caught) {
      span.fail(caught instanceof Error && 'code' in caught ? String(caught.code) : 'internal');
      throw caught;
    } finally {
      span.end();
    }
  });
}
