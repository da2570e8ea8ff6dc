import { ApiError } from './errors.ts';

/** Which fields are wanted: all of a value, or those named of an object or of each object in a list. */
type Mask = Map<string, Mask>;

/**
 * Cuts an answer down to what the `fields` parameter names, such as `nextPageToken,items(id,name)`.
 *
 * @throws ApiError for text that is no field selection
 */
export function applyFieldMask(value: unknown, text: string): unknown {
  return cut(value, parse(text));
}

function parse(text: string): Mask {
  const tokens = text.match(/[\w*.]+|\S/g) ?? [];
  let at = 0;
  const fail = () =>
    new ApiError('INVALID_ARGUMENT', `Invalid field selection ${text}`, { reason: 'invalidParameter' });
  const list = (): Mask => {
    const mask: Mask = new Map();
    do addPath(mask);
    while (tokens[at] === ',' && at++ >= 0);
    return mask;
  };
  const addPath = (mask: Mask): void => {
    const token = tokens[at++] ?? '';
    if (!/^[\w*.]+$/.test(token)) throw fail();
    const inner = token.split('.').reduce((parent, name) => {
      const child = parent.get(name) ?? new Map();
      parent.set(name, child);
      return child;
    }, mask);
    if (tokens[at] === '/') {
      at++;
      addPath(inner);
    } else if (tokens[at] === '(') {
      at++;
      for (const [name, child] of list()) inner.set(name, child);
      if (tokens[at++] !== ')') throw fail();
    }
  };
  const mask = list();
  if (at < tokens.length) throw fail();
  return mask;
}

function cut(value: unknown, mask: Mask): unknown {
  if (mask.size === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => cut(item, mask));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => {
      const inner = mask.get(name) ?? mask.get('*');
      return inner === undefined ? [] : [[name, cut(member, inner)]];
    }),
  );
}
