import { z } from 'zod';
import type { RecommendedWay } from '#model/sign-in.ts';
import type { FormField, SignInForm } from './account-api.ts';

/** What of JSON Schema the secrets of providers are written in. */
interface Node {
  readonly type?: string | undefined;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly pattern?: string | undefined;
  readonly description?: string | undefined;
  readonly writeOnly?: boolean | undefined;
  /** They are ids of accounts. */
  readonly areAccounts?: boolean | undefined;
  readonly properties?: Readonly<Record<string, Node>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Node | undefined;
  readonly oneOf?: readonly Node[] | undefined;
}

const Node: z.ZodType<Node> = z.lazy(() =>
  z.looseObject({
    type: z.string().optional(),
    enum: z.array(z.unknown()).optional(),
    pattern: z.string().optional(),
    description: z.string().optional(),
    writeOnly: z.boolean().optional(),
    areAccounts: z.boolean().optional(),
    properties: z.record(z.string(), Node).optional(),
    required: z.array(z.string()).optional(),
    items: Node.optional(),
    oneOf: z.array(Node).optional(),
  }),
);

/** What tells the ways in apart. */
const wayKey = 'kind';

type Way = SignInForm['ways'][number];

/** The schema of a secret as a form: a choice among the ways in, the fields of each, and those of all. */
export function signInForm(schema: Readonly<Record<string, unknown>>, recommended?: RecommendedWay): SignInForm {
  const root = Node.parse(schema);
  const properties = Object.entries(root.properties ?? {});
  const [choice] = properties.find(([, { oneOf }]) => oneOf?.every((way) => wayKey in (way.properties ?? {}))) ?? [];
  const ways = choice === undefined ? [] : (root.properties?.[choice]?.oneOf ?? []);
  const rest = properties.filter(([name]) => name !== choice);
  const fields = rest.flatMap(([name, node]) => fieldOf(node, name, root.required?.includes(name) ?? false));
  return {
    choice: choice ?? null,
    ways: [
      ...(recommended === undefined ? [] : [recommendedWay(recommended, fields)]),
      ...ways.map((way) => ({
        id: String(way.properties?.[wayKey]?.const),
        about: way.description ?? '',
        fields: fieldsOf(way, choice ?? '', true),
      })),
    ],
    fields,
  };
}

function recommendedWay({ id, kind, needs, takes }: RecommendedWay, fields: readonly FormField[]): Way {
  const own = fields.filter(({ path }) => needs.includes(path) || takes.includes(path));
  return {
    id,
    kind,
    about: '',
    is_recommended: true,
    fields: own.map((field) => ({ ...field, is_required: needs.includes(field.path) })),
  };
}

function fieldsOf({ properties = {}, required = [] }: Node, path: string, isRequired: boolean): FormField[] {
  return Object.entries(properties)
    .filter(([, node]) => node.const === undefined)
    .flatMap(([name, node]) => fieldOf(node, `${path}.${name}`, isRequired && required.includes(name)));
}

/** What is in an object that may be left out is not demanded: the schema has the last word. */
function fieldOf(node: Node, path: string, isRequired: boolean): FormField[] {
  const { writeOnly = false, pattern } = node;
  const usual = typeof node.default === 'string' || typeof node.default === 'number' ? String(node.default) : undefined;
  const field = {
    path,
    is_required: isRequired && node.default === undefined,
    is_secret: writeOnly,
    ...(usual === undefined ? {} : { usual }),
    ...(pattern === undefined ? {} : { pattern }),
  };
  if (node.enum !== undefined) return [{ ...field, kind: 'choice', choices: node.enum.map(String) }];
  switch (node.type) {
    case 'object':
      return writeOnly ? [{ ...field, kind: 'json' }] : fieldsOf(node, path, isRequired);
    case 'array':
      // A list of objects is for the few who chain them: a form takes the first.
      if (node.items?.type === 'object') return fieldsOf(node.items, `${path}.0`, false);
      return [{ ...field, kind: 'lines', ...(node.areAccounts === true ? { are_accounts: true } : {}) }];
    case 'boolean':
      return [{ ...field, kind: 'switch' }];
    case 'integer':
    case 'number':
      return [{ ...field, kind: 'number' }];
    default:
      return [{ ...field, kind: writeOnly ? 'secret' : 'text' }];
  }
}
