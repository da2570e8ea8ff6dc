import type { Dimension } from './agent.ts';
import { ApiError } from './errors.ts';

/** A JSON object whose members are still to be checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The one error that every fault of a request is told with. */
export function invalid(message: string): ApiError {
  return new ApiError('ValidationError', message);
}

/** Reads a request body. @throws ApiError SerializationException unless it is a JSON object */
export function readBody(body: string): JsonObject {
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return parsed;
  } catch {
    // answered below, as any other body that is no object
  }
  throw new ApiError('SerializationException', 'Start of structure or map found where not expected.');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that must be an object. */
export function objectAt(parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  if (isObject(value)) return value;
  throw invalid(`The parameter ${name} is required.`);
}

/** A member that must be a list of objects if it is there; absent is empty. */
export function objectsAt(parent: JsonObject, name: string): readonly JsonObject[] {
  const value = parent[name] ?? [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw invalid(`The parameter ${name} must be a list of structures.`);
}

/** A member that must be a text if it is there. */
export function optionalText(parent: JsonObject, name: string): string | undefined {
  const value = parent[name] ?? undefined;
  if (value === undefined || typeof value === 'string') return value;
  throw invalid(`The parameter ${name} must be a string.`);
}

/** A member that must be a text with something in it. */
export function textAt(parent: JsonObject, name: string): string {
  const value = optionalText(parent, name);
  if (value) return value;
  throw invalid(`The parameter ${name} is required.`);
}

/** A member that must be a number. */
export function numberAt(parent: JsonObject, name: string): number {
  const value = parent[name];
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalid(`The parameter ${name} is required.`);
}

const printable = /^[\x20-\x7e]{1,1024}$/;
const mostDimensions = 30;

/** Dimensions of a metric: at most 30, names and values of 1 to 1,024 printable ASCII characters. */
export function dimensionsAt(parent: JsonObject): readonly Dimension[] {
  const dimensions = objectsAt(parent, 'Dimensions').map((one) => ({
    name: optionalText(one, 'Name') ?? '',
    value: optionalText(one, 'Value') ?? '',
  }));
  if (dimensions.length > mostDimensions)
    throw invalid(`The collection Dimensions must not have a size greater than 30.`);
  for (const { name, value } of dimensions) {
    if (!printable.test(name))
      throw invalid('The parameter Dimensions.member.Name must be 1 to 1024 ASCII characters.');
    if (!printable.test(value))
      throw invalid('The parameter Dimensions.member.Value must be 1 to 1024 ASCII characters.');
  }
  return dimensions;
}
