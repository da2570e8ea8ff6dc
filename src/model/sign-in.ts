/** The ways into a cloud, as flags of the command line. Secrets themselves are never flags: others on this machine can read those. */
export interface SignIn {
  readonly flags: readonly SignInFlag[];
  /** Makes of the flags what the provider's `parseSecret` takes. @throws CollectError `invalid_input` naming the flag */
  secretFrom(given: GivenFlags, ask: AskSecret): Promise<unknown>;
  /** JSON Schema of what `parseSecret` takes, for forms: what is never to be shown again is `writeOnly` in it. */
  schema?(): Promise<Readonly<Record<string, unknown>>>;
  /** Shown first in forms: a way in that is another one and fields which are there for every way. */
  readonly recommended?: RecommendedWay;
}

export interface RecommendedWay {
  readonly id: string;
  /** The way that it is in the secret. */
  readonly kind: string;
  /** Paths of `FormField` that it needs, and that it can have. */
  readonly needs: readonly string[];
  readonly takes: readonly string[];
}

export interface SignInFlag {
  /** `role-arn` */
  readonly name: string;
  /** What it takes: `arn`. Absent for a switch. */
  readonly value?: string;
  readonly description: string;
  /** May be given several times. */
  readonly repeats?: true;
  readonly fallback?: string;
  /** An environment variable that stands for it. */
  readonly variable?: string;
}

/** By name; a flag that repeats has its values in a list. */
export type GivenFlags = Readonly<Record<string, string | readonly string[] | true | undefined>>;

/** A secret by standard input, by this environment variable, or typed in. @throws CollectError where there is none */
export type AskSecret = (what: string, variable: string) => Promise<string>;
