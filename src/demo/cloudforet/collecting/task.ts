import type { JsonObject } from '#wire/struct/json.ts';
import type { CloudSecret } from '../inventory/server.ts';

/** A ResourceInfo of either generation. */
export interface CollectedResource {
  /** The enum's number. */
  readonly state: number;
  readonly message: string;
  readonly resource_type: string;
  readonly match_rules: { readonly [order: string]: unknown } | undefined;
  readonly resource: { readonly [key: string]: unknown } | undefined;
  readonly options: { readonly [key: string]: unknown } | undefined;
}

/** A collector as it is registered, and the secret that it is run with. */
export interface Registration {
  readonly collectorId: string;
  readonly pluginId: string;
  readonly secret: CloudSecret;
  /** Of the old generation: a lower number is not overwritten by a higher. Default 10. */
  readonly priority?: number;
  /** What its `init` answered. */
  readonly metadata?: JsonObject;
}

/** One run, as the platform tells of it. */
export interface TaskReport {
  readonly status: 'SUCCESS' | 'FAILURE';
  readonly total: number;
  readonly created: number;
  readonly updated: number;
  readonly failure: number;
  readonly disconnected: number;
  readonly deleted: number;
  readonly errors: readonly TaskError[];
}

export interface TaskError {
  readonly code: string;
  readonly message: string;
}

export type Outcome = 'created' | 'updated' | 'failure' | 'not counted';

/** `ResourceInfo.State`. */
export const failureState = 5;

/** A collector's word for what it could not collect. */
export const errorType = 'inventory.ErrorResource';

/** Runs of one collector with one secret are told apart by their task. */
export interface Run {
  readonly registration: Registration;
  readonly taskId: string;
  /** ISO 8601. */
  readonly now: string;
  report(code: string, message: string): void;
}

/** An error as it stands in a task: its code, and what comes after that. */
export function wording(caught: unknown): [code: string, message: string] {
  const message = caught instanceof Error ? caught.message : String(caught);
  const code = caught instanceof Error && caught.cause instanceof Error ? caught.cause.message : 'ERROR_UNKNOWN';
  return [code, message];
}
