export const progressForms = ['auto', 'tty', 'plain', 'json', 'none'] as const;
export type ProgressForm = (typeof progressForms)[number];

/** What every command knows. */
export interface GlobalFlags {
  readonly data?: string;
  readonly database?: string;
  readonly server?: string;
  readonly insecureHttp?: boolean;
  readonly config?: string;
  readonly profile?: string;
  readonly quiet?: boolean;
  readonly verbose: number;
  readonly input: boolean;
  readonly progress: ProgressForm;
  /** Milliseconds. */
  readonly timeout?: number;
}
