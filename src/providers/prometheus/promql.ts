/** A label name and its value, as an answer brings them. */
export type Labels = Readonly<Record<string, string>>;

/** `node_cpu_seconds_total{mode="idle",job="node"}` */
export function select(metric: string, matchers: readonly string[]): string {
  return matchers.length === 0 ? metric : `${metric}{${matchers.join(',')}}`;
}

/** A label that has one of these values, to the letter. */
export function oneOf(label: string, values: Iterable<string>): string {
  return `${label}=~${quote([...values].map(literally).join('|'))}`;
}

/** PromQL reads the escapes of JSON. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
