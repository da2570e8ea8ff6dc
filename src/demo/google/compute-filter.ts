import { ApiError } from './errors.ts';
import { type Comparison, compileFilter, FilterSyntaxError, parseFilter } from './filter-expression.ts';

/** A resource as Compute Engine tells it. */
export type ResourceJson = Readonly<Record<string, unknown>>;

/**
 * Reads the `filter` of a list method.
 *
 * @param fields that the resource has, at its top
 * @throws ApiError
 */
export function parseComputeFilter(
  text: string | undefined,
  fields: readonly string[],
): (resource: ResourceJson) => boolean {
  if (text === undefined || text === '') return () => true;
  const fail = () => {
    const message = `Invalid value for field 'filter': '${text}'. Invalid list filter expression.`;
    return new ApiError('INVALID_ARGUMENT', message, { reason: 'invalid' });
  };
  try {
    const judge = compileFilter<ResourceJson>(parseFilter(text, ['eq', 'ne'], true), (comparison) => {
      const path = comparison.field.split('.');
      if (!fields.includes(path[0] ?? '') || comparison.function !== '') throw fail();
      const test = testOf(comparison, fail);
      return (resource) => test(textAt(resource, path));
    });
    return (resource) => judge(resource) === true;
  } catch (caught) {
    throw caught instanceof FilterSyntaxError ? fail() : caught;
  }
}

type Test = (text: string | undefined) => boolean;

function testOf({ operator, values: [value = ''] }: Comparison, fail: () => ApiError): Test {
  switch (operator) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case ':':
      return value === '*' ? (text) => text !== undefined : (text) => text?.includes(value) === true;
    case 'eq':
    case 'ne': {
      const pattern = regularExpression(value, fail);
      return (text) => pattern.test(text ?? '') === (operator === 'eq');
    }
    default:
      throw fail();
  }
}

function regularExpression(source: string, fail: () => ApiError): RegExp {
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    throw fail();
  }
}

function textAt(resource: ResourceJson, path: readonly string[]): string | undefined {
  const found = path.reduce<unknown>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    resource,
  );
  return found === undefined ? undefined : String(found);
}

function isObject(value: unknown): value is ResourceJson {
  return typeof value === 'object' && value !== null;
}
