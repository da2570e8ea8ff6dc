import { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { type MatchRules, parseMatchRules } from '#platform/inventory/match-rules.ts';
import type { IncomingRecord } from '#platform/inventory/merge.ts';
import { RecordSchema } from '#store/record-schema.ts';
import type { Generation } from '#wire/generation.ts';
import { maxDepth } from '#wire/struct/limits.ts';
import type { PluginLimits } from './limits.ts';
import type { PluginMessage } from './peer.ts';

/** How a v1 plugin wants its resource merged; absent, it replaces, and makes a record where there is none. */
export type UpdateMode = 'MERGE' | 'REPLACE';

/** A message as the inventory can take it, or why it cannot. */
export type Reading =
  | {
      readonly kind: 'record';
      readonly report: IncomingRecord;
      readonly rules: MatchRules;
      readonly mode: UpdateMode | undefined;
      readonly sizeBytes: number;
    }
  /** Of a kind that this inventory does not keep, and that counts nowhere. */
  | { readonly kind: 'other' }
  | { readonly kind: 'failed'; readonly error: CollectError };

export interface ReadContext {
  readonly generation: Generation;
  /** The plugin's name. */
  readonly plugin: string;
  readonly limits: PluginLimits;
}

const failure = 5;
const errorResource = 'inventory.ErrorResource';

/** What each generation's inventory takes for a server, and what it takes besides. */
const resourceTypes = {
  v1: {
    records: ['inventory.Server', 'inventory.CloudService'],
    others: ['CloudServiceType', 'Region', 'FilterCache'],
  },
  v2: { records: ['inventory.CloudService'], others: ['CloudServiceType', 'Region', 'Namespace', 'Metric'] },
} as const satisfies Record<Generation, { records: readonly string[]; others: readonly string[] }>;

/** Plugins say null, or an empty text, for what they do not know. @param maxBytes databases index no more */
const textOf = (maxBytes: number) =>
  z
    .string()
    .refine((text) => Buffer.byteLength(text) <= maxBytes, `is longer than ${maxBytes} bytes`)
    .nullish()
    .transform((text) => text || undefined);
const Text = z
  .string()
  .nullish()
  .transform((text) => text || undefined);
/** Such as `instance_size` in the place of a name: what is no text can be said as one. */
const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const Fields = z.record(z.string(), z.unknown());
const MatchRulesForm = z.record(z.string().regex(/^\d{1,3}$/, 'is no number of a rule'), z.array(z.string()));

/** Old plugins list their tags. */
const Tags = z.union([
  z.record(z.string(), z.unknown()),
  z
    .array(z.looseObject({ key: Scalar, value: z.unknown() }))
    .transform((tags) => Object.fromEntries(tags.map(({ key, value }) => [key, value]))),
]);

const Resource = z.object({
  provider: textOf(64),
  cloud_service_group: textOf(256),
  cloud_service_type: textOf(256),
  account: textOf(256),
  region_code: textOf(128),
  name: textOf(1_024),
  instance_type: textOf(256),
  reference: z.looseObject({ resource_id: textOf(1_500), external_link: Text }).nullish(),
  tags: Tags.nullish(),
  data: Fields.nullish(),
  metadata: Fields.nullish(),
  json_data: Text,
  json_metadata: Text,
});
type Resource = z.infer<typeof Resource>;

const Options = z.looseObject({ update_mode: z.enum(['MERGE', 'REPLACE']).nullish() });

/** The model's own check, of as much of a record as there is. */
const Report = z.object({ data: Fields }).transform(({ data }, context) => {
  const checked = RecordSchema.safeParse({ ...emptyRecord, data });
  if (checked.success) return checked.data.data;
  for (const { path, message } of checked.error.issues) context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});

const emptyRecord = {
  provider: '',
  cloud_service_group: '',
  cloud_service_type: '',
  account: '',
  region_code: '',
  name: '',
  instance_type: '',
  reference: { resource_id: '' },
  tags: {},
  metadata: {},
};

/**
 * Reads the messages of one stream, which remembers: a mode that a v1 plugin has set holds for the resources after it.
 */
export function resourceReader(context: ReadContext): (message: PluginMessage) => Reading {
  let mode: UpdateMode | undefined;
  return (message) => {
    try {
      if (context.generation === 'v1') mode = modeOf(message) ?? mode;
      return read(message, mode, context);
    } catch (caught) {
      return { kind: 'failed', error: named(CollectError.from(caught), message) };
    }
  };
}

function read(message: PluginMessage, mode: UpdateMode | undefined, context: ReadContext): Reading {
  const { state, resource_type: type, sizeBytes } = message;
  const known = resourceTypes[context.generation];
  const isRecord = known.records.some((each) => each === type);
  const isOther = known.others.some((each) => `inventory.${each}` === type);
  if (!isRecord && !isOther && type !== errorResource) {
    throw invalid(`resource type '${type.slice(0, 100)}' is not one that an inventory of ${context.generation} takes`);
  }
  const isFailure = state === failure && (context.generation === 'v2' || type === errorResource);
  if (isFailure)
    throw new CollectError('unavailable', message.message.slice(0, maxTextChars) || 'the plugin does not say why');
  if (!isRecord) return { kind: 'other' };
  if (sizeBytes > context.limits.recordBytes) {
    throw invalid(`a resource of ${sizeBytes} bytes is over the limit of ${context.limits.recordBytes}`);
  }
  const rules = parseMatchRules(parse(MatchRulesForm, message.match_rules ?? {}, 'match_rules'));
  const report = reportOf(parse(Resource, message.resource ?? {}, 'resource'), context);
  if (!isStorable(report))
    throw invalid('the resource holds a text that no database can keep: a NUL, or half a character');
  return { kind: 'record', report, rules, mode, sizeBytes };
}

const maxTextChars = 500;

function modeOf({ options }: PluginMessage): UpdateMode | undefined {
  return parse(Options, options ?? {}, 'options').update_mode ?? undefined;
}

function reportOf(resource: Resource, { plugin }: ReadContext): IncomingRecord {
  const { reference, tags, json_data, json_metadata, ...fields } = resource;
  const data = json_data === undefined ? resource.data : parse(Fields, fromJson(json_data, 'json_data'), 'json_data');
  const metadata =
    json_metadata === undefined
      ? resource.metadata
      : parse(Fields, fromJson(json_metadata, 'json_metadata'), 'json_metadata');
  // By who made it: by provider, as an inventory of 2.x has it, it would hide what another collector of that cloud shows.
  const place = `plugin:${plugin}`;
  return withoutUndefined({
    provider: fields.provider,
    cloud_service_group: fields.cloud_service_group,
    cloud_service_type: fields.cloud_service_type,
    account: fields.account,
    region_code: fields.region_code,
    name: fields.name,
    instance_type: fields.instance_type,
    reference:
      reference?.resource_id === undefined ? undefined : referenceOf(reference.resource_id, reference.external_link),
    tags: tags ? textsOf(tags) : undefined,
    data: data ? parse(Report, { data: suited(data) }, 'resource') : undefined,
    metadata: metadata && Object.keys(metadata).length > 0 ? { [place]: metadata } : undefined,
  });
}

function referenceOf(id: string, link: string | undefined) {
  return { resource_id: id, ...(link === undefined ? {} : { external_link: link }) };
}

/**
 * Parts of `data` that collectors of clouds write in more ways than our record has: of `compute` what is no text is said as one, and
 * of `hardware` stay the numbers, if there are any. What is measured has to be right as it is.
 */
function suited(data: z.infer<typeof Fields>): z.infer<typeof Fields> {
  const { compute, hardware, ...rest } = data;
  const { core, memory, ...other } = Fields.catch({}).parse(hardware);
  const numbers = withoutUndefined({ core: numberOf(core), memory: numberOf(memory) });
  const isHardware = Object.keys(numbers).length + Object.keys(other).length > 0;
  const parsed = Fields.safeParse(compute);
  return {
    ...rest,
    ...(parsed.success ? { compute: textsOf(parsed.data) } : {}),
    ...(isHardware ? { hardware: { ...other, ...numbers } } : {}),
  };
}

/** What has no value is left out. */
function textsOf(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    texts.push([key, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  }
  return Object.fromEntries(texts);
}

function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function fromJson(text: string, where: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new CollectError('malformed_reply', `${where} is no JSON`, { cause });
  }
  if (isDeeper(value, maxDepth)) throw invalid(`${where} nests deeper than ${maxDepth} levels`);
  return value;
}

function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${[where, ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'malformed'}`);
}

function invalid(message: string): CollectError {
  return new CollectError('malformed_reply', message);
}

/** A failure that says which resource it is about, as far as that can be told. */
function named(error: CollectError, { resource, resource_type: type }: PluginMessage): CollectError {
  const parsed = z
    .looseObject({ name: Text, resource_id: Text, reference: z.looseObject({ resource_id: Text }).nullish() })
    .safeParse(resource);
  const id = parsed.data?.reference?.resource_id ?? parsed.data?.resource_id ?? parsed.data?.name ?? type;
  const { code, message, fix } = error;
  return new CollectError(code, message, {
    where: id.slice(0, 200),
    ...(fix === undefined ? {} : { fix }),
    cause: error,
  });
}

type Given<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function withoutUndefined<T extends object>(values: T): Given<T> {
  const copy: Given<T> = {};
  for (const key in values) {
    const value = values[key];
    if (isGiven(value)) copy[key] = value;
  }
  return copy;
}

function isGiven<T>(value: T): value is Exclude<T, undefined> {
  return value !== undefined;
}
