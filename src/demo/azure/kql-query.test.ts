import { describe, expect, it } from 'vitest';
import { readKql } from './kql-query.ts';
import type { Row } from './kql-values.ts';

const columns = new Map(
  ['id', 'name', 'type', 'location', 'properties', 'tags', 'zones'].map((name, i) => [name, { dynamic: i > 3 }]),
);

const table = [
  {
    id: '/A',
    name: 'web-1',
    type: 'vm',
    location: 'eastus',
    properties: { size: { name: 'D2', cpus: 2 } },
    zones: ['1'],
  },
  {
    id: '/B',
    name: 'Web-2',
    type: 'vm',
    location: 'eastus',
    properties: { size: { name: 'D4', cpus: 4 } },
    tags: { env: 'prod' },
  },
  { id: '/C', name: 'disk 3', type: 'disk', location: 'westus', properties: {} },
] as const;

const rows: readonly Row[] = table.map((record) => (column) => Reflect.get(record, column));

/** Runs a query over the table; what it leaves open comes in the table's order. */
function run(text: string) {
  const query = readKql(text, columns);
  const found = query.run(rows.filter(query.admits), Number);
  return {
    ...query,
    found: found.map((row) => Object.fromEntries([...query.columns.keys()].map((c) => [c, row(c) ?? null]))),
  };
}

function namesOf(condition: string): unknown[] {
  return run(`resources | where ${condition} | project name`).found.map(({ name }) => name);
}

const [web1, web2, disk] = table.map(({ name }) => name);

describe('where', () => {
  it.each([
    { condition: "type == 'vm'", want: [web1, web2] },
    { condition: "type == 'VM'", want: [] },
    { condition: "type =~ 'VM'", want: [web1, web2] },
    { condition: "type != 'vm'", want: [disk] },
    { condition: "type !~ 'VM'", want: [disk] },
    { condition: 'type in~ ("DISK", \'x\')', want: [disk] },
    { condition: "type in ('DISK')", want: [] },
    { condition: "type !in~ ('VM')", want: [disk] },
    { condition: "name contains 'WEB'", want: [web1, web2] },
    { condition: "name startswith 'web' and location == 'eastus'", want: [web1, web2] },
    { condition: "name endswith '3'", want: [disk] },
    { condition: "name has 'disk'", want: [disk] },
    { condition: "name has 'dis'", want: [] },
    { condition: 'properties.size.cpus > 2', want: [web2] },
    { condition: "properties['size'].name == 'D2'", want: [web1] },
    { condition: "zones[0] == '1'", want: [web1] },
    { condition: 'isnotempty(tags.env)', want: [web2] },
    { condition: 'isnull(properties.size)', want: [disk] },
    { condition: "not(type == 'vm')", want: [disk] },
    { condition: "type == 'disk' or type == 'vm' and name == 'web-1'", want: [web1, disk] },
    { condition: "(type == 'disk' or type == 'vm') and name == 'web-1'", want: [web1] },
    { condition: "tolower(name) == 'web-2'", want: [web2] },
    { condition: "['type'] == 'disk'", want: [disk] },
    { condition: "strcat(type, '/', location) == 'vm/eastus'", want: [web1, web2] },
  ])('$condition', ({ condition, want }) => {
    expect(namesOf(condition)).toEqual(want);
  });
});

describe('a pipeline', () => {
  it('extends and projects, and names columns as Kusto does', () => {
    const text = `Resources // a comment
      | where type == 'vm' and name == 'web-1'
      | extend size = tostring(properties.size.name), double = toint(properties.size.cpus)
      | project id, size, properties.size.cpus, tostring(properties.size.name), toupper(size), cpus = double`;
    expect(run(text).found).toEqual([
      { id: '/A', size: 'D2', properties_size_cpus: 2, properties_size_name: 'D2', Column5: 'D2', cpus: 2 },
    ]);
  });

  it.each([
    { by: 'name asc', want: [web2, disk, web1] },
    { by: 'name', want: [web1, disk, web2] },
    { by: 'type asc, name desc', want: [disk, web1, web2] },
  ])('orders by $by', ({ by, want }) => {
    expect(run(`resources | order by ${by} | project name`).found.map(({ name }) => name)).toEqual(want);
  });

  it('counts by columns', () => {
    const found = run('resources | summarize machines = count() by type, location').found;
    expect(found).toEqual([
      { type: 'vm', location: 'eastus', machines: 2 },
      { type: 'disk', location: 'westus', machines: 1 },
    ]);
    expect(run('where type == "vm" | summarize count()').found).toEqual([{ count_: 2 }]);
  });

  it.each([
    { text: 'resources | order by id asc', ordered: true, pageable: true },
    { text: 'resources | order by name asc', ordered: false, pageable: true },
    { text: 'resources | order by id asc | take 2', ordered: true, pageable: false },
    { text: 'resources | project properties, tags', ordered: false, pageable: false },
    { text: 'resources | project size = properties.size.name', ordered: false, pageable: false },
    { text: 'resources | project size = tostring(properties.size.name)', ordered: false, pageable: true },
  ])('knows of its pages: $text', ({ text, ordered, pageable }) => {
    expect(run(text)).toMatchObject({ ordered, pageable });
  });

  it.each([
    { text: 'resources | join kind=inner (resources) on id', token: 'join', code: 'InvalidQueryLanguage' },
    { text: 'resources | where colour == 1', token: 'colour', code: 'InvalidQueryLanguage' },
    { text: 'resources | project id | where name == 1', token: 'name', code: 'InvalidQueryLanguage' },
    { text: 'resources | where tolower(name, 2) == 1', token: 'tolower', code: 'InvalidQueryLanguage' },
    { text: "resources | where type = 'vm'", token: '=', code: 'ParserFailure' },
    { text: "resources | where type == 'vm", token: "'", code: 'ParserFailure' },
    { text: 'resourcecontainers', token: 'resourcecontainers', code: 'ParserFailure' },
    { text: 'resources | order name', token: 'name', code: 'ParserFailure' },
    { text: 'resources id', token: 'id', code: 'ParserFailure' },
  ])('is refused: $text', ({ text, token, code }) => {
    expect(() => readKql(text, columns)).toThrow(expect.objectContaining({ token, code }));
  });
});
