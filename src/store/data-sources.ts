export const dataSourceStates = ['ENABLED', 'DISABLED'] as const;
export type DataSourceState = (typeof dataSourceStates)[number];

/** Who answers for the metrics of a provider's resources. */
export interface DataSource {
  /** `ds-` and what tells it from the others. */
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly state: DataSourceState;
  readonly plugin: DataSourcePlugin;
  readonly tags: Readonly<Record<string, string>>;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface DataSourcePlugin {
  /** One of our own, or where it listens: `grpc://host:port`. */
  readonly id: string;
  readonly version: string;
  /** Passed on with each call. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What it told of itself when it was registered, in the words of its generation. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The account that it signs in with, whosever resource is asked for; absent where it is the resource's own. */
  readonly account?: number;
}

export interface DataSourceStore {
  /** Where there is one with this id already it stays as it is. @returns the one that there is */
  add(source: DataSource): Promise<DataSource>;
  /** By name, then id. */
  list(): Promise<readonly DataSource[]>;
  /** @throws CollectError `not_found` */
  get(id: string): Promise<DataSource>;
  /** @throws CollectError `not_found` */
  setState(id: string, state: DataSourceState): Promise<DataSource>;
}
