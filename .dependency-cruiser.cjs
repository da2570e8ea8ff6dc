/** The walls between the rooms: docs/architecture.md draws them. */
const rooms = (...names) => `^src/(${names.join('|')})/`;

/** A room, and all that it may import of ours besides itself. */
const mayImport = {
  model: [],
  collect: ['model'],
  providers: ['model'],
  store: ['model'],
  wire: ['model'],
  plugins: ['model', 'collect', 'providers', 'cloudforet', 'wire'],
  rightsizing: ['model'],
  platform: ['model', 'store', 'rightsizing', 'wire', 'collect'],
  jobs: ['model', 'collect', 'platform', 'store'],
  server: ['model', 'platform', 'store', 'rightsizing', 'wire', 'plugins', 'providers', 'collect', 'jobs'],
  demo: ['wire'],
  cloudforet: ['model', 'wire'],
};

const isTest = '\\.(test|fixture)\\.ts$|/testing/';

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, dependencyTypesNot: ['type-only'] } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'not-to-dev-dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'providers-know-nothing-of-each-other',
      severity: 'error',
      from: { path: '^src/providers/([^/]+)/', pathNot: isTest },
      to: { path: '^src/providers/', pathNot: '^src/providers/$1/' },
    },
    ...Object.entries(mayImport).map(([room, others]) => ({
      name: `walls-of-${room}`,
      severity: 'error',
      from: { path: rooms(room), pathNot: isTest },
      to: { path: '^(src|console)/', pathNot: [room, ...others].map((name) => rooms(name)) },
    })),
    {
      name: 'console-takes-types-only',
      severity: 'error',
      from: { path: '^console/', pathNot: isTest },
      to: { path: '^src/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'nobody-imports-the-command-line',
      severity: 'error',
      from: { path: '^src/', pathNot: rooms('cli') },
      to: { path: rooms('cli') },
    },
    {
      name: 'only-tests-import-tests',
      severity: 'error',
      from: { path: '^src/', pathNot: isTest },
      to: { path: isTest },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules|console/dist' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.mjs', '.json'],
    },
  },
};
