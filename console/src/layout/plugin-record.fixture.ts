/**
 * What collectors of clouds write beside what we measure: lists of disks, tags, texts of their own, and layouts of every type
 * for them.
 */
export const pluginData = {
  compute: { instance_state: 'RUNNING', launched_at: '2026-10-01T09:30:00Z', keypair: 'ops', image: '' },
  hardware: { core: 4, memory: 16 },
  os: { os_type: 'LINUX', details: 'Debian 13' },
  monitoring: { memory: { usage: { avg: 41.5, max: 80 }, used: { avg: 7_130_316_800, max: 8_589_934_592 } } },
  disks: Array.from({ length: 130 }, (_, at) => ({
    device: `/dev/sd${at}`,
    size: at === 1 ? null : 100 + at,
    tags: {
      volume_type: at % 2 === 0 ? 'gp3' : 'io1',
      encrypted: at === 0,
      volume_id: `vol-${String(at).padStart(3, '0')}`,
    },
    filled: at % 100,
  })),
  nics: [
    { mac: '02:00:00:00:00:01', ips: ['10.0.0.4', '10.0.0.5'], groups: [{ name: 'web' }, { name: 'ops' }] },
    { mac: '02:00:00:00:00:02', ips: [], groups: [] },
  ],
  events: [{ name: 'reboot', at: { seconds: 1_790_000_000 }, detail: { reason: 'patch', by: 'ops' } }],
  labels: { 'k8s.io/role': 'worker', team: 'pay' },
  note: '<p>Ask <b>ops</b> first. <a href="https://wiki.example/ops">Runbook</a> <a href="javascript:alert(1)">not this</a></p><img src="https://evil.example/pixel.png" alt="a rack" onerror="alert(1)"><script>alert(1)</script><ul>loose<li>one</li></ul>',
  icon: 'https://cdn.example/debian.svg',
};

const enums = {
  items: {
    RUNNING: { type: 'state', options: { icon: { color: 'green.500' } } },
    STOPPED: { type: 'state', options: { icon: { color: 'red.500' }, text_color: 'red.500' } },
  },
};

const volumeTypes = {
  items: {
    gp3: { type: 'badge', options: { outline_color: 'indigo.500' } },
    io1: { name: 'Provisioned IOPS', type: 'badge', options: { background_color: 'coral.600', shape: 'SQUARE' } },
  },
};

const markdown = {
  en: [
    '# How it is run',
    '',
    'Of type **<%= data.os.os_type %>**, see [the runbook](https://wiki.example/run) or `ops --help`.',
    '',
    '| Port | Open |',
    '| --- | --- |',
    '| 22 | no |',
    '',
    '- one',
    '- two',
    '  1. deeper',
    '',
    '```',
    '<script>alert(1)</script>',
    '```',
  ].join('\n'),
  ko: '# 운영 방법\n\n운영 체제: **<%= data.os.os_type %>**',
};

const item = {
  name: 'EC2 Instance',
  type: 'item',
  options: {
    fields: [
      { name: 'Instance State', type: 'enum', key: 'data.compute.instance_state', options: enums },
      { name: 'OS', type: 'text', key: 'data.os.os_type', options: { translation_id: 'PAGE_SCHEMA.OS_TYPE' } },
      {
        name: 'Details',
        type: 'text',
        key: 'data.os.details',
        options: { prefix: '“', postfix: '”', link: 'https://debian.example/13' },
      },
      { name: 'Launched', type: 'datetime', key: 'data.compute.launched_at', options: { source_type: 'iso8601' } },
      { name: 'Image', type: 'text', key: 'data.compute.image', options: { default: 'not known' } },
      { name: 'Key pair', type: 'badge', key: 'data.compute.keypair', options: { is_optional: true } },
      { name: 'Addresses', type: 'list', key: 'data.nics.ips', options: { delimiter: ', ' } },
      {
        name: 'Security Groups',
        type: 'list',
        key: 'data.nics.groups',
        options: { sub_key: 'name', item: { type: 'badge', options: { background_color: 'violet.500' } } },
      },
      { name: 'Labels', type: 'dict', key: 'data.labels' },
      { name: 'Role', type: 'text', key: 'data.labels.k8s.io/role', options: { key_depth: 2 } },
      { name: 'Icon', type: 'image', key: 'data.icon' },
      { name: 'Provider', type: 'text', key: 'provider', reference: { resource_type: 'identity.Provider' } },
      { name: 'Danger', type: 'text', key: 'name', options: { link: 'javascript:alert(1)' } },
      { name: 'Future', type: 'sparkline', key: 'data.hardware' },
    ],
  },
};

const diskFields = [
  { name: 'Device', type: 'text', key: 'device' },
  { name: 'Size', type: 'size', key: 'size', options: { source_unit: 'GB', display_unit: 'GB' } },
  { name: 'Type', type: 'enum', key: 'tags.volume_type', options: volumeTypes },
  {
    name: 'Encrypted',
    type: 'enum',
    key: 'tags.encrypted',
    options: { true: 'yes', false: { name: 'no', type: 'state', options: { icon: { color: 'yellow' } } } },
  },
  { name: 'Filled', type: 'progress', key: 'filled', options: { field_description: '(now)', sortable: false } },
  { name: 'Volume ID', type: 'text', key: 'tags.volume_id', options: { is_optional: true } },
];

const more = {
  name: 'Detail',
  type: 'more',
  key: 'detail.reason',
  options: {
    sub_key: 'detail',
    layout: {
      name: 'Event',
      type: 'popup',
      options: { layout: { type: 'item', options: { fields: [{ name: 'By', key: 'by' }] } } },
    },
  },
};

/** As the plugin before ours wrote it. */
const performance = {
  name: 'Performance',
  type: 'list',
  options: {
    layouts: [
      {
        name: 'Memory',
        type: 'item',
        options: {
          fields: [
            { type: 'text', name: 'Memory Usage (%) | Avg', key: 'data.monitoring.memory.usage.avg' },
            { type: 'size', name: 'Memory Used  | Avg', key: 'data.monitoring.memory.used.avg' },
            { type: 'text', name: 'Memory Usage (%) | Max', key: 'data.monitoring.memory.usage.max' },
            { type: 'size', name: 'Memory Used  | Max', key: 'data.monitoring.memory.used.max' },
          ],
        },
      },
    ],
  },
};

/** Each type of layout, and what we measure ourselves. */
export const pluginMetadata = {
  view: {
    sub_data: {
      layouts: [
        performance,
        {
          name: 'AWS EC2',
          type: 'list',
          options: {
            layouts: [
              item,
              {
                name: 'Hardware',
                type: 'item',
                options: { root_path: 'data.hardware', translation_id: 'PAGE_SCHEMA.HARDWARE' },
              },
            ],
          },
        },
        {
          name: 'Disks',
          type: 'table',
          options: { root_path: 'data.disks', fields: diskFields, default_sort: { key: 'size', desc: true } },
        },
        {
          name: 'NIC',
          type: 'query-search-table',
          options: {
            unwind: { path: 'data.nics' },
            fields: [
              { name: 'MAC', key: 'data.nics.mac' },
              { name: 'IP', type: 'list', key: 'data.nics.ips' },
              { name: 'Of', key: 'name' },
            ],
          },
        },
        {
          name: 'Events',
          type: 'simple-table',
          options: {
            root_path: 'data.events',
            fields: [{ name: 'Event', key: 'name' }, { name: 'At', type: 'datetime', key: 'at' }, more],
          },
        },
        { name: 'All labels', type: 'raw-table', options: { root_path: 'data.labels' } },
        { name: 'As it is', type: 'raw', options: { root_path: 'data.os' } },
        { name: 'Run', type: 'markdown', options: { markdown } },
        { name: 'Note', type: 'html', options: { root_path: 'data.note' } },
        { name: 'Everything', type: 'popup', options: { layout: { name: 'All', type: 'raw' } } },
        {
          name: 'Log',
          type: 'popup',
          options: { layout: { type: 'simple-table', options: { root_path: 'data.events', fields: [more] } } },
        },
        { name: 'Of another day', type: 'hologram', options: {} },
      ],
    },
  },
};
