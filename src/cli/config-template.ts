/** What a new configuration file says: all that it may, each with what it does, its unit, and what holds without it. */
export function configTemplate(providers: readonly string[]): string {
  const named =
    providers.length === 0
      ? '# providers:\n#   - "@acme/fleetgauge-oracle"\n#   - ./my-cloud.mjs'
      : `providers:\n${providers.map((name) => `  - ${JSON.stringify(name)}`).join('\n')}`;
  return `# Settings of the command line. An option comes first, then its variable, the profile that is chosen, and the rest of this file.
# fleetgauge config list tells what holds, and where it comes from; fleetgauge config set changes it here, and keeps what is said beside.

# Clouds to read besides ours: npm packages, or paths that begin with a dot, as seen from this file. Their code runs with all our rights.
# Default: none.
${named}

# Folder of accounts, inventory and history, as seen from this file (--data, FLEETGAUGE_DATA).
# Default: $XDG_DATA_HOME/fleetgauge, or ~/.local/share/fleetgauge.
# data: ./fleet

# A PostgreSQL in the place of the store in that folder, where more than one machine shares it (--database, FLEETGAUGE_DATABASE).
# Default: none.
# database: postgres://fleetgauge@db.example/fleetgauge

# A Fleetgauge elsewhere: commands ask it, and no store here (--server, FLEETGAUGE_SERVER). Its token is never here: fleetgauge login.
# Default: none.
# server: https://fleetgauge.example

# The form of what is printed: table, wide, json, ndjson, csv or yaml (-o), of commands that have it.
# Default: table.
# output: json

# How a run tells of itself on stderr: auto, tty, plain, json (an event a line) or none (--progress).
# Default: auto, which is tty on a terminal and plain elsewhere.
# progress: plain

# Groups of these settings (but for providers) by name, which --profile or FLEETGAUGE_PROFILE chooses.
# Default: none.
# profiles:
#   prod:
#     server: https://fleetgauge.example
#     output: json
#   lab:
#     data: ./lab
`;
}
