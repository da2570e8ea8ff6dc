import { type ApiError, invalidField } from './errors.ts';
import {
  type Comparison,
  compileFilter,
  type Expression,
  FilterSyntaxError,
  type Judge,
  parseFilter,
} from './filter-expression.ts';
import type { Labels } from './metric-types.ts';
import type { SimProject } from './projects.ts';

/** A time series, or a place in the world, that a filter is asked about; a label that is not known yet is absent. */
export interface Candidate {
  readonly project: SimProject;
  readonly resourceType: ResourceType;
  readonly resourceLabels: Labels;
  readonly metricLabels: Labels;
}

/** Resource types, and the labels that each has. */
export const resourceTypes = {
  gce_instance: ['instance_id', 'project_id', 'zone'],
  cloudsql_database: ['database_id', 'project_id', 'region'],
} as const satisfies Record<string, readonly string[]>;

export type ResourceType = keyof typeof resourceTypes;

/** A monitoring filter: the one metric type that it must name, and the rest. */
export interface MonitoringFilter {
  readonly metricType: string;
  /** `resource.type`, where the filter insists on one. */
  readonly resourceType: string | undefined;
  /** Makes it ready for series of a resource type and labels. @throws ApiError for a label that they lack */
  compile(resourceType: ResourceType, metricLabels: readonly string[]): Judge<Candidate>;
}

const longest = 2048;

/** Reads the `filter` of timeSeries.list. @throws ApiError */
export function parseMonitoringFilter(text: string): MonitoringFilter {
  const fail = (why: string) => invalidField('filter', text, why);
  if (text.length > longest) throw fail(`The filter must not be longer than ${longest} characters.`);
  const expression = parsed(text, fail);
  for (const selector of labelSelectors) {
    if (joins(expression, 'and', selector) && joins(expression, 'or', selector))
      throw fail(`AND and OR cannot be mixed for '${selector}' restrictions.`);
  }
  const metricType = soleValue(expression, 'metric.type');
  if (metricType === undefined || mentions(expression, 'metric.type') > 1) {
    throw fail(
      'must specify a restriction on "metric.type" in the filter; see "https://cloud.google.com/monitoring/api/resources" for a list of available resource types.',
    );
  }
  return {
    metricType,
    resourceType: soleValue(expression, 'resource.type'),
    compile: (resourceType, metricLabels) =>
      compileFilter(expression, (comparison) => {
        const test = testOf(comparison, fail);
        const lookup = lookupOf(comparison.field, resourceType, metricLabels);
        if (lookup === undefined)
          throw fail(`The filter refers to "${comparison.field}", which these time series lack.`);
        return (candidate) => {
          const texts = lookup(candidate);
          return texts.length === 0 ? undefined : texts.some(test);
        };
      }),
  };
}

function parsed(text: string, fail: (why: string) => ApiError): Expression {
  try {
    return parseFilter(text);
  } catch (caught) {
    if (caught instanceof FilterSyntaxError) throw fail(`Could not parse filter: ${caught.message}.`);
    throw caught;
  }
}

/** The value that an AND at the top demands a field to equal. */
function soleValue(expression: Expression, field: string): string | undefined {
  const parts = expression.kind === 'and' ? expression.parts : [expression];
  for (const part of parts) {
    if (part.kind !== 'compare' || part.field !== field) continue;
    if (part.operator === '=' && part.function === '') return part.values[0];
  }
  return undefined;
}

function mentions(expression: Expression, field: string): number {
  if (expression.kind === 'compare') return expression.field === field ? 1 : 0;
  if (expression.kind === 'not') return mentions(expression.part, field);
  return expression.parts.reduce((sum, part) => sum + mentions(part, field), 0);
}

const labelSelectors = ['resource.labels', 'metric.labels'] as const;
type LabelSelector = (typeof labelSelectors)[number];

/** Whether restrictions on labels of one selector are joined by AND, or by OR, anywhere. */
function joins(expression: Expression, kind: 'and' | 'or', selector: LabelSelector): boolean {
  if (expression.kind === 'compare') return false;
  if (expression.kind === 'not') return joins(expression.part, kind, selector);
  const { parts } = expression;
  if (expression.kind === kind && parts.filter((part) => restricts(part, selector)).length > 1) return true;
  return parts.some((part) => joins(part, kind, selector));
}

function restricts(expression: Expression, selector: LabelSelector): boolean {
  if (expression.kind === 'compare') return expression.field.replace('.label.', '.labels.').startsWith(`${selector}.`);
  if (expression.kind === 'not') return restricts(expression.part, selector);
  return expression.parts.some((part) => restricts(part, selector));
}

/** The texts that a field has of a candidate: a project has two, its id and its number; none is "not known yet". */
type Lookup = (candidate: Candidate) => readonly string[];

function lookupOf(field: string, resourceType: ResourceType, metricLabels: readonly string[]): Lookup | undefined {
  if (field === 'metric.type') return () => [''];
  if (field === 'resource.type') return (candidate) => [candidate.resourceType];
  if (field === 'project') return ({ project }) => [project.id, project.number];
  const [, scope, label = ''] = /^(resource|metric)\.labels?\.(\w+)$/.exec(field) ?? [];
  if (scope === 'resource' && resourceTypes[resourceType].some((name) => name === label)) {
    return ({ resourceLabels }) => known(resourceLabels[label]);
  }
  return scope === 'metric' && metricLabels.includes(label) ? ({ metricLabels: own }) => known(own[label]) : undefined;
}

function known(text: string | undefined): readonly string[] {
  return text === undefined ? [] : [text];
}

type Test = (text: string) => boolean;

function testOf(comparison: Comparison, fail: (why: string) => ApiError): Test {
  if (comparison.field === 'metric.type') return () => true;
  const { operator } = comparison;
  const test = positiveTest(comparison, fail);
  if (operator === '=' || operator === ':') return test;
  if (operator === '!=') return (text) => !test(text);
  throw fail(`The operator "${operator}" cannot be applied to "${comparison.field}".`);
}

function positiveTest({ operator, function: name, values }: Comparison, fail: (why: string) => ApiError): Test {
  const [value = ''] = values;
  if (name === 'one_of') {
    const wanted = new Set(values);
    return (text) => wanted.has(text);
  }
  if (values.length > 1) throw fail(`The function "${name}" takes one argument.`);
  switch (name) {
    case '':
      return operator === ':' ? (text) => text.includes(value) : (text) => text === value;
    case 'starts_with':
      return (text) => text.startsWith(value);
    case 'ends_with':
      return (text) => text.endsWith(value);
    case 'has_substring':
      return (text) => text.includes(value);
    case 'monitoring.regex.full_match': {
      const pattern = regularExpression(value, fail);
      return (text) => pattern.test(text);
    }
    default:
      throw fail(`Unknown function "${name}".`);
  }
}

function regularExpression(source: string, fail: (why: string) => ApiError): RegExp {
  try {
    return new RegExp(`^(?:${source})$`, 'u');
  } catch {
    throw fail(`"${source}" is not a regular expression.`);
  }
}
