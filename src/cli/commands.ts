import type { Command } from 'commander';

/** A command of the first level, by name: what it is made of is loaded when it is asked for. */
export interface CommandEntry {
  readonly name: string;
  readonly description: string;
  /** Adds the command itself, with all that is below it. */
  readonly load: () => Promise<(program: Command) => void>;
}

/** In the order of help. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'up',
    description: 'serve the console; without a saved account, with a simulated fleet to look at',
    load: async () => (await import('./commands/up.ts')).addUpCommand,
  },
  {
    name: 'down',
    description: 'stop the console that runs here',
    load: async () => (await import('./commands/console.ts')).addDownCommand,
  },
  {
    name: 'status',
    description: 'which console runs here, and what it does',
    load: async () => (await import('./commands/console.ts')).addStatusCommand,
  },
  {
    name: 'open',
    description: 'look at the console that runs here',
    load: async () => (await import('./commands/console.ts')).addOpenCommand,
  },
  {
    name: 'doctor',
    description: 'what keeps this from working, and how to mend it',
    load: async () => (await import('./commands/doctor.ts')).addDoctorCommand,
  },
  {
    name: 'login',
    description: 'keep a token for a Fleetgauge elsewhere, which --server names',
    load: async () => (await import('./commands/login.ts')).addLoginCommand,
  },
  {
    name: 'logout',
    description: 'forget that token',
    load: async () => (await import('./commands/login.ts')).addLogoutCommand,
  },
  {
    name: 'init',
    description: 'write a configuration file',
    load: async () => (await import('./commands/init.ts')).addInitCommand,
  },
  {
    name: 'config',
    description: 'what is set, where that comes from, and what the configuration file says',
    load: async () => (await import('./commands/config.ts')).addConfigCommand,
  },
  {
    name: 'scan',
    description: 'measure a cloud account and print it; nothing is stored',
    load: async () => (await import('./commands/scan.ts')).addScanCommand,
  },
  {
    name: 'discover',
    description:
      'find the servers of saved accounts, without metrics, and tell what is new, gone or changed; free of charge',
    load: async () => (await import('./commands/discover.ts')).addDiscoverCommand,
  },
  {
    name: 'estimate',
    description: 'what reading saved accounts would take and cost; nothing is read',
    load: async () => (await import('./commands/estimate.ts')).addEstimateCommand,
  },
  {
    name: 'collect',
    description: 'measure saved accounts into the inventory',
    load: async () => (await import('./commands/collect.ts')).addCollectCommand,
  },
  {
    name: 'account',
    description: 'the clouds that we may look into',
    load: async () => (await import('./commands/account.ts')).addAccountCommand,
  },
  {
    name: 'provider',
    description: 'the clouds that can be read, and how to add one',
    load: async () => (await import('./commands/provider.ts')).addProviderCommand,
  },
  {
    name: 'server',
    description: 'the inventory',
    load: async () => (await import('./commands/server.ts')).addServerCommand,
  },
  {
    name: 'rightsizing',
    description: 'which servers are idle, oversized or hot, and what was decided on them; no cloud is ever changed',
    load: async () => (await import('./commands/rightsizing.ts')).addRightsizingCommand,
  },
  {
    name: 'job',
    description: 'runs, what they read and what they cost',
    load: async () => (await import('./commands/job.ts')).addJobCommand,
  },
  {
    name: 'errors',
    description: 'what went wrong, by cause: how often, since when, and what helps',
    load: async () => (await import('./commands/errors.ts')).addErrorsCommand,
  },
  {
    name: 'source',
    description: 'how the APIs that answer for metrics do',
    load: async () => (await import('./commands/source.ts')).addSourceCommand,
  },
  {
    name: 'schedule',
    description: 'runs that begin by themselves, while a server runs',
    load: async () => (await import('./commands/schedule.ts')).addScheduleCommand,
  },
  {
    name: 'limit',
    description: 'how many regions and accounts are read at once, over all workers; rate limits hold by themselves',
    load: async () => (await import('./commands/limit.ts')).addLimitCommand,
  },
  {
    name: 'budget',
    description: 'what runs may cost, one and all of a month; what could cost more does not begin',
    load: async () => (await import('./commands/budget.ts')).addBudgetCommand,
  },
  {
    name: 'serve',
    description:
      'serve the console and the API, and begin scheduled runs; without a demo. Any number on one PostgreSQL',
    load: async () => (await import('./commands/serve.ts')).addServeCommand,
  },
  {
    name: 'worker',
    description: 'run tasks of runs, beside any number of other workers on the same PostgreSQL',
    load: async () => (await import('./commands/worker.ts')).addWorkerCommand,
  },
  {
    name: 'backup',
    description: 'write all that is stored into one file; it may be in use meanwhile',
    load: async () => (await import('./commands/backup.ts')).addBackupCommand,
  },
  {
    name: 'restore',
    description: 'bring back what a backup holds, into an empty data folder or database',
    load: async () => (await import('./commands/backup.ts')).addRestoreCommand,
  },
  {
    name: 'export',
    description:
      'servers, their days or the verdicts on them as a file; or, with --to, all that is stored to an empty PostgreSQL',
    load: async () => (await import('./commands/export.ts')).addExportCommand,
  },
  {
    name: 'audit',
    description: 'who did, or tried to do, what; newest first',
    load: async () => (await import('./commands/audit.ts')).addAuditCommand,
  },
  {
    name: 'user',
    description: 'who may sign in to the console, and what they may do',
    load: async () => (await import('./commands/user.ts')).addUserCommand,
  },
  {
    name: 'secret',
    description: 'the keys that credentials are sealed and tokens are signed with',
    load: async () => (await import('./commands/secret.ts')).addSecretCommand,
  },
  {
    name: 'plugin',
    description:
      'serve a Cloudforet over gRPC: as a collector and as the data sources of every cloud, or as one of them',
    load: async () => (await import('./commands/plugin.ts')).addPluginCommand,
  },
  {
    name: 'collector',
    description: "collectors that others wrote: Cloudforet's plugins, run and collected by us",
    load: async () => (await import('./commands/plugin-registry.ts')).addCollectorCommand,
  },
  {
    name: 'metadata',
    description: "the layout by which Cloudforet's console draws the Performance tab",
    load: async () => (await import('./commands/metadata.ts')).addMetadataCommand,
  },
  {
    name: 'demo-cloud',
    description: 'run a simulated cloud, for trying things out and for tests',
    load: async () => (await import('./commands/demo-cloud.ts')).addDemoCloudCommand,
  },
  {
    name: 'completion',
    description: 'what makes a shell complete the words of fleetgauge',
    load: async () => (await import('./commands/completion.ts')).addCompletionCommand,
  },
  {
    name: 'version',
    description: 'which fleetgauge this is, and on what it runs',
    load: async () => (await import('./commands/version.ts')).addVersionCommand,
  },
];
