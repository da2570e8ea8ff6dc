import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { addAccount } from '#platform/secret/accounts.ts';
import { keyOf } from '#platform/secret/master-key.fixture.ts';
import { openWithUsers, type TestServer, type Users } from './auth-server.fixture.ts';
import { httpStatus } from './http-errors.ts';

/** What of an OpenAPI 3.1 document we write. */
const JsonSchema = z.record(z.string(), z.json());
const Content = z.record(z.string(), z.strictObject({ schema: JsonSchema.optional() }));
const Operation = z.strictObject({
  operationId: z.string().regex(/^[a-z]\w+$/),
  summary: z.string().min(5),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))),
  parameters: z.array(
    z.strictObject({ name: z.string(), in: z.enum(['path', 'query']), required: z.boolean(), schema: JsonSchema }),
  ),
  requestBody: z.strictObject({ required: z.literal(true), content: Content }).optional(),
  responses: z.record(
    z.string().regex(/^(200|201|202|302|default)$/),
    z.strictObject({ description: z.string(), headers: z.json().optional(), content: Content.optional() }),
  ),
});
/** One at least. */
const Rows = z.tuple([z.looseObject({ id: z.int() })], z.unknown());
const Document = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({ title: z.string(), version: z.string(), description: z.string() }),
  paths: z.record(
    z.string().startsWith('/'),
    z.partialRecord(z.enum(['get', 'post', 'put', 'patch', 'delete']), Operation),
  ),
  components: z.strictObject({
    schemas: z.record(z.string(), JsonSchema),
    securitySchemes: z.record(z.string(), JsonSchema),
  }),
});
type Document = z.infer<typeof Document>;

let opened: TestServer & Users;
let document: Document;

beforeAll(async () => {
  opened = await openWithUsers({
    masterKey: await keyOf(1),
  });
  const told = await opened.ask('GET', '/api/openapi.json', { bearer: opened.keys.viewer });
  expect(told).toMatchObject({ status: 200 });
  document = Document.parse(told.body);
});
afterAll(() => opened.close());

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation === undefined ? [] : [{ method: method.toUpperCase(), path, operation }],
    ),
  );

/** A schema of the document, on its own feet. */
function schemaOf(schema: z.infer<typeof JsonSchema>): z.ZodType {
  const definitions = JSON.parse(
    JSON.stringify(document.components.schemas).replaceAll('#/components/schemas/', '#/$defs/'),
  );
  const own = JSON.parse(JSON.stringify(schema).replaceAll('#/components/schemas/', '#/$defs/'));
  return z.fromJSONSchema({ ...own, $defs: definitions });
}

describe('the OpenAPI document', () => {
  it('has every route of the API, and no other', () => {
    const said = operations().map(({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`);
    const known = opened.server.routes.filter((route) => / \/api\//.test(route) && !route.startsWith('HEAD '));
    expect(said.toSorted()).toEqual(known.toSorted());
  });

  it('names each operation once, and each parameter of its path', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { path, operation } of operations()) {
      const named = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
      expect([path, named]).toEqual([path, [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
    }
  });

  it('leads nowhere that is not there', () => {
    const refs = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g);
    const missing = [...refs].map(([, name = '']) => name).filter((name) => !(name in document.components.schemas));
    expect(missing).toEqual([]);
  });

  it('tells who may use what', () => {
    expect(document.paths['/api/users']?.get?.description).toContain('admin');
    expect(document.paths['/api/login']?.post?.security).toEqual([]);
  });

  it('describes what each route answers', async () => {
    const firstOf = async (path: string) => {
      const { data } = await opened.ask('GET', path, { bearer: opened.keys.admin });
      return String(Rows.parse(data)[0].id);
    };
    const asked = { bearer: opened.keys.admin, body: { kind: 'servers' } };
    const made = z.object({ id: z.int() }).parse((await opened.ask('POST', '/api/exports', asked)).data);
    const draft = { provider: 'aws', account: '310000000001', name: 'prod', regions: [] };
    const { id: account } = await addAccount(opened.store, await keyOf(1), draft, {}, 0);
    const ids: Record<string, string> = {
      accounts: String(account),
      servers: await firstOf('/api/servers'),
      jobs: await firstOf('/api/jobs'),
      users: opened.admin.id,
      providers: 'aws',
      sources: 'aws',
      exports: String(made.id),
    };
    const checked: string[] = [];
    for (const { method, path, operation } of operations()) {
      const reply = operation.responses['200']?.content?.['application/json']?.schema;
      if (method !== 'GET' || reply === undefined) continue;
      const url = path.replaceAll(/\/(\w+)\/\{id\}/g, (_, kind) => `/${kind}/${ids[kind]}`);
      const { status, body } = await opened.ask('GET', url, { bearer: opened.keys.admin });
      expect([url, status]).toEqual([url, 200]);
      expect(schemaOf(reply).safeParse(body), url).toMatchObject({ success: true });
      expect(schemaOf(reply).safeParse({ ...z.looseObject({}).parse(body), data: 'something else' }).success, url).toBe(
        false,
      );
      checked.push(path);
    }
    expect(checked.length).toBeGreaterThan(8);
  });

  it('describes what goes wrong', async () => {
    const wanted = schemaOf({ $ref: '#/components/schemas/ErrorReply' });
    for (const { method, path, operation } of operations()) {
      const url = path.replaceAll(/\{\w+\}/g, '-');
      if (operation.operationId === 'signOut' || path.startsWith('/api/login/oidc')) continue;
      const { status, body } = await opened.ask(method, `${url}?no-such-thing=1`, {
        bearer: opened.keys.admin,
        ...(method === 'GET' || method === 'DELETE' ? {} : { body: { surprise: true } }),
      });
      expect([method, url, status]).toEqual([method, url, httpStatus.invalid_query]);
      expect(wanted.safeParse(body), url).toMatchObject({ success: true });
    }
  });
});
