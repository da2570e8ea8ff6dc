import { z } from 'zod';
import { type Label, labelsInOrder } from '#providers/google_cloud/reader/metric.ts';
import { parseOrBlame } from '../parse-or-blame.ts';

const Text = z.string().max(1024).nullish();

/** These names go into a filter and a path, so nothing else may pass for them. */
const MetricType = z
  .string()
  .max(200)
  .regex(/^[\w.\-/]*$/, 'is not a metric type')
  .nullish();
const ResourceType = z.string().max(100).regex(/^\w*$/, 'is not a type of resources').nullish();
const Key = z.string().regex(/^(resource|metric)\.labels?\.\w{1,100}$/, 'is not a label such as resource.labels.zone');

const Labels = z
  .array(z.object({ key: Key, value: z.string().max(1024) }))
  .max(30)
  .transform(labelsInOrder)
  .nullish();

/** `projects/an-id`, or the id alone. */
const Project = z
  .string()
  .regex(/^(projects\/)?[a-z][a-z0-9.:-]{0,60}[a-z0-9]$/, 'is not projects/an-id')
  .transform((name) => name.replace(/^projects\//, ''))
  .nullish();

const Part = z.object({ metric_type: MetricType, labels: Labels });

/**
 * Every form in which Cloudforet asks for Cloud Monitoring's metrics: what a record of 2.x holds at
 * `data.google_cloud_monitoring` (metrics by how their types begin), one metric of it, and what a record of 1.x holds at
 * `data.stackdriver` (a type of resources, whose labels are the filters).
 */
const Query = z
  .object({
    name: Project,
    resource_id: Text,
    filter: Part.nullish(),
    type: ResourceType,
    filters: z.union([z.array(Part.required({ metric_type: true })), Labels]),
  })
  .transform(({ name, resource_id, filter, type, filters }) => ({
    project: name ?? undefined,
    resourceId: resource_id ?? '',
    metric: filter?.metric_type || undefined,
    resourceType: type || undefined,
    labels: filter?.labels ?? labelsOf(filters),
    parts: partsOf(filters),
  }));

type Filters = readonly (Label | z.infer<typeof Part>)[] | null | undefined;

function labelsOf(filters: Filters): readonly Label[] {
  const labels = filters?.flatMap((each) => ('key' in each ? [each] : []));
  return labels ?? [];
}

function partsOf(filters: Filters): readonly { readonly prefix: string; readonly labels: readonly Label[] }[] {
  return (filters ?? []).flatMap((each) =>
    'metric_type' in each && each.metric_type ? [{ prefix: each.metric_type, labels: each.labels ?? [] }] : [],
  );
}

/** @throws CollectError `invalid_input` naming the field */
export function parseQuery(input: unknown): z.infer<typeof Query> {
  return parseOrBlame(Query, input);
}
