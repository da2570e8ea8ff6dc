import { expect, it } from 'vitest';
import { parseMonitoringFilter } from './monitoring-filter.ts';
import { demoProjects } from './projects.ts';

const type = 'metric.type = "agent.googleapis.com/memory/percent_used"';
const [project] = demoProjects;
const series = {
  project,
  resourceType: 'gce_instance',
  resourceLabels: { project_id: project.id, zone: 'us-central1-a', instance_id: '42' },
  metricLabels: { state: 'used' },
} as const;

function judge(filter: string) {
  return parseMonitoringFilter(filter).compile('gce_instance', ['state']);
}

it.each([
  { filter: type, takes: true },
  { filter: `${type} AND metric.labels.state = "used"`, takes: true },
  { filter: `${type} AND metric.label.state = used`, takes: true },
  { filter: `${type} AND metric.labels.state != "used"`, takes: false },
  { filter: `${type} AND NOT metric.labels.state = "free"`, takes: true },
  { filter: `metric.labels.state = "free" AND ${type}`, takes: false },
  { filter: `${type} AND resource.labels.zone = starts_with("us-")`, takes: true },
  { filter: `${type} AND resource.labels.zone = ends_with("-b")`, takes: false },
  { filter: `${type} AND resource.labels.zone = has_substring("central")`, takes: true },
  { filter: `${type} AND resource.labels.zone = one_of("us-east1-b", "us-central1-a")`, takes: true },
  { filter: `${type} AND resource.labels.instance_id = one_of("1","2")`, takes: false },
  { filter: `${type} AND resource.labels.zone = monitoring.regex.full_match("us-.*-[ab]")`, takes: true },
  { filter: `${type} AND resource.labels.zone : "central1"`, takes: true },
  { filter: `${type} AND project = "${project.number}"`, takes: true },
  { filter: `${type} AND project = "demo-data"`, takes: false },
  {
    filter: `${type} AND resource.type = "gce_instance" AND (resource.labels.zone = "x" OR resource.labels.zone = "us-central1-a")`,
    takes: true,
  },
  {
    filter: `${type} AND resource.labels.zone = "us-central1-a" OR resource.labels.zone = "x" AND metric.labels.state = "free"`,
    takes: false,
  },
])('$filter', ({ filter, takes }) => {
  expect(judge(filter)(series)).toBe(takes);
});

it.each([
  {
    filter: `${type} AND (resource.labels.zone = "a" OR resource.labels.zone = "b") AND resource.labels.instance_id = "1"`,
    selector: 'resource.labels',
  },
  {
    filter: `${type} AND ((resource.labels.zone = "a" AND resource.label.instance_id = "1") OR resource.labels.zone = "b")`,
    selector: 'resource.labels',
  },
  {
    filter: `${type} AND metric.labels.state = "used" AND (metric.labels.state = "a" OR NOT metric.label.state = "b")`,
    selector: 'metric.labels',
  },
])('refuses, as Google does, what mixes AND and OR for $selector: $filter', ({ filter, selector }) => {
  expect(() => judge(filter)).toThrow(`AND and OR cannot be mixed for '${selector}' restrictions.`);
});

it('takes OR for labels of the one, and AND for those of the other', () => {
  const ofZones = '(resource.labels.zone = "a" OR resource.labels.zone = "us-central1-a")';
  expect(
    judge(`${type} AND ${ofZones} AND metric.labels.state = "used" AND metric.labels.state != "free"`)(series),
  ).toBe(true);
});

it('leaves open what it cannot know of a zone as a whole, and tells what it can', () => {
  const zone = { ...series, resourceLabels: { project_id: project.id, zone: 'us-central1-a' }, metricLabels: {} };
  expect(judge(`${type} AND resource.labels.instance_id = "42"`)(zone)).toBeUndefined();
  expect(judge(`${type} AND resource.labels.zone = "x" AND metric.labels.state = "used"`)(zone)).toBe(false);
});
