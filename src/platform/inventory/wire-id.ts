/** What Cloudforet's ids begin with. */
type Kind = 'server' | 'cloud-svc' | 'secret';

/** The store's own number as an id of Cloudforet's form: `server-00000000002a`. */
export function wireId(kind: Kind, id: number): string {
  return `${kind}-${id.toString(16).padStart(12, '0')}`;
}

/** The number in such an id; undefined for a text that is none. */
export function storedId(kind: Kind, text: string): number | undefined {
  const digits = text.startsWith(`${kind}-`) ? text.slice(kind.length + 1) : '';
  return /^[0-9a-f]{12}$/.test(digits) ? Number.parseInt(digits, 16) : undefined;
}
