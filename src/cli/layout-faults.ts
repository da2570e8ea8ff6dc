import { z } from 'zod';

const Field = z.looseObject({
  type: z
    .enum(['text', 'badge', 'datetime', 'state', 'enum', 'size', 'dict', 'list', 'more', 'progress', 'image'])
    .optional(),
  name: z.string().optional(),
  key: z.string().min(1),
});

const List = z.looseObject({
  name: z.string(),
  type: z.literal('list'),
  options: z.looseObject({ layouts: z.array(z.unknown()).min(1) }),
});

/** Types of SpaceONE's dynamic layout, as its console knows them. */
const Layout = z.discriminatedUnion('type', [
  List,
  z.looseObject({
    name: z.string(),
    type: z.enum(['item', 'simple-table', 'table', 'query-search-table', 'raw-table']),
    options: z.looseObject({ fields: z.array(Field).min(1), root_path: z.string().optional() }),
  }),
  z.looseObject({ name: z.string(), type: z.enum(['raw', 'markdown', 'html', 'popup']) }),
]);

const Metadata = z.looseObject({
  view: z.looseObject({ sub_data: z.looseObject({ layouts: z.array(z.unknown()).min(1) }) }),
});

type Place = readonly PropertyKey[];

/** What a console could not draw, a line for each, with the path to it; empty where all is well. */
export function faultsOf(document: unknown): string[] {
  const parsed = Metadata.safeParse(document);
  if (!parsed.success) return linesOf(parsed.error, []);
  return parsed.data.view.sub_data.layouts.flatMap((layout, at) =>
    layoutFaults(layout, ['view', 'sub_data', 'layouts', at]),
  );
}

function layoutFaults(layout: unknown, place: Place): string[] {
  const parsed = Layout.safeParse(layout);
  if (!parsed.success) return linesOf(parsed.error, place);
  const list = List.safeParse(layout);
  if (!list.success) return [];
  return list.data.options.layouts.flatMap((inner, at) => layoutFaults(inner, [...place, 'options', 'layouts', at]));
}

function linesOf({ issues }: z.ZodError, place: Place): string[] {
  return issues.map(({ path, message }) => `${[...place, ...path].join('.')}: ${message}`);
}
