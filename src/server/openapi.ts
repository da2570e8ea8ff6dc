import { z } from 'zod';
import * as apiSchemas from './api.ts';
import { accessOf } from './auth-access.ts';
import * as exportSchemas from './export-file-api.ts';
import * as identitySchemas from './identity-api.ts';
import * as rightsizingSchemas from './rightsizing-api.ts';
import type { JsonReply, RawReply, RouteSpec } from './route.ts';

/** A route as it was registered. */
export interface KnownRoute {
  readonly method: string;
  /** `/api/servers/:id` */
  readonly url: string;
  readonly spec: RouteSpec;
}

type JsonSchema = z.core.JSONSchema.BaseSchema;

const refOf = (id: string) => `#/components/schemas/${id}`;
const sessionCookie = 'fleetgauge_session';

/** The OpenAPI 3.1 document of these routes. */
export function openApiOf(routes: readonly KnownRoute[], version: string) {
  const components = componentSchemas();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method, url, spec } of routes) {
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(method, url, spec, components) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Fleetgauge',
      version,
      description:
        'How used is every server of a company, on every cloud. Times are ISO 8601 in UTC; absent is null, never 0.',
    },
    paths,
    components: {
      schemas: components.schemas(),
      securitySchemes: {
        apiKey: { type: 'http', scheme: 'bearer', description: 'An API key or an access token.' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookie, description: 'Where the console signed in.' },
      },
    },
  };
}

interface Components {
  readonly schemaOf: (schema: z.ZodType, io: 'input' | 'output') => JsonSchema;
  readonly schemas: () => Record<string, JsonSchema>;
}

/** The schemas that have a name, by that; others are written out where they are used. */
function componentSchemas(): Components {
  const named = z.registry<{ id: string }>();
  for (const [id, value] of Object.entries({
    ...apiSchemas,
    ...identitySchemas,
    ...rightsizingSchemas,
    ...exportSchemas,
  })) {
    if (value instanceof z.ZodType) named.add(value, { id });
  }
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
    const id = named.get(schema)?.id;
    if (id !== undefined) return { $ref: refOf(id) };
    const items = itemsOf(schema);
    if (items !== undefined) return { type: 'array', items: schemaOf(items, io) };
    return z.toJSONSchema(schema, { io, override: tidy });
  };
  return { schemaOf, schemas: () => z.toJSONSchema(named, { uri: refOf, override: tidy }).schemas };
}

/** Of a list, those it is a list of. */
function itemsOf(schema: z.ZodType): z.ZodType | undefined {
  const list = schema instanceof z.ZodReadonly ? schema.unwrap() : schema;
  const element = list instanceof z.ZodArray ? list.element : undefined;
  return element instanceof z.ZodType ? element : undefined;
}

/** Leaves out what says nothing: that an answer is not to be changed, or how wide a double is. */
function tidy({ jsonSchema }: { readonly jsonSchema: JsonSchema }): void {
  delete jsonSchema.readOnly;
  delete jsonSchema.$schema;
  delete jsonSchema.$id;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

function operationOf(method: string, url: string, spec: RouteSpec, components: Components) {
  const { id, summary, params, query, body, replies } = spec;
  const access = accessOf(method, url);
  const isOpen = access === 'public' || access === 'anyone';
  return {
    operationId: id,
    summary,
    ...(isOpen ? {} : { description: `For the role ${access} and stronger ones.` }),
    security: isOpen ? [] : [{ apiKey: [] }, { session: [] }],
    parameters: [...parametersOf('path', params, components), ...parametersOf('query', query, components)],
    ...(body === undefined
      ? {}
      : { requestBody: { required: true, content: jsonContent(components.schemaOf(body, 'input')) } }),
    responses: {
      ...('data' in replies ? jsonResponse(replies, components) : rawResponse(replies)),
      default: { description: 'What went wrong.', content: jsonContent({ $ref: refOf('ErrorReply') }) },
    },
  };
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType | undefined, { schemaOf }: Components): unknown[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(schema, 'input');
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function jsonResponse({ data, status, isPage }: JsonReply, { schemaOf }: Components) {
  const body = {
    type: 'object',
    properties: { data: schemaOf(data, 'output'), meta: { $ref: refOf('Meta') } },
    required: ['data', 'meta'],
    additionalProperties: false,
  };
  const link = { description: 'The next page, as `rel="next"`.', schema: { type: 'string' } };
  return {
    [status ?? 200]: {
      description: isPage ? 'A page of the list.' : 'As asked for.',
      ...(isPage ? { headers: { Link: link } } : {}),
      content: jsonContent(body),
    },
  };
}

function rawResponse({ status, types, about }: RawReply) {
  const content = Object.fromEntries(types.map((type) => [type, {}]));
  return { [status]: { description: about, ...(types.length === 0 ? {} : { content }) } };
}

function jsonContent(schema: unknown) {
  return { 'application/json': { schema } };
}
