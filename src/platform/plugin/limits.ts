/** What a plugin may take of us. Each is far above what honest plugins need. */
export interface PluginLimits {
  /** To answer `init`, `verify` or `get_tasks`. */
  readonly answerMs: number;
  /** Between two messages of a stream, our own work apart. */
  readonly silenceMs: number;
  /** One stream, from its first message to its end. */
  readonly taskMs: number;
  /** One message, on the wire. */
  readonly messageBytes: number;
  /** What is stored whole: a record, or the metadata of a plugin. */
  readonly recordBytes: number;
  /** Messages of one stream, of whatever kind. */
  readonly messages: number;
  /** Tasks of one job. */
  readonly tasks: number;
}

export const defaultLimits: PluginLimits = {
  answerMs: 180_000,
  silenceMs: 600_000,
  taskMs: 7_200_000,
  messageBytes: 32 * 2 ** 20,
  recordBytes: 4 * 2 ** 20,
  messages: 1_000_000,
  tasks: 10_000,
};
