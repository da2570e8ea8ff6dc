/** What a Dockerfile says of one stage, as far as ours says anything. */
export interface Stage {
  readonly workdir: string;
  readonly run: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly user: string | undefined;
  readonly expose: readonly number[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
}

/** The stages of a Dockerfile, in order. @throws Error for an instruction that is not known here */
export function readDockerfile(text: string): Stage[] {
  const lines = text.replaceAll(/\\\n/g, ' ').split('\n');
  const stages: Stage[] = [];
  for (const line of lines.filter((each) => /^[^#\s]/.test(each))) {
    const [, instruction = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? [];
    if (instruction === 'FROM') {
      stages.push({ workdir: '/', run: [], env: {}, user: undefined, expose: [], entrypoint: [], cmd: [] });
      continue;
    }
    const stage = stages.pop();
    if (stage === undefined) throw new Error(`${line}: no stage has begun`);
    stages.push(withInstruction(stage, instruction, rest));
  }
  return stages;
}

function withInstruction(stage: Stage, instruction: string, rest: string): Stage {
  switch (instruction) {
    case 'COPY':
    case 'VOLUME':
      return stage;
    case 'WORKDIR':
      return { ...stage, workdir: rest };
    case 'RUN':
      return { ...stage, run: [...stage.run, rest] };
    case 'ENV':
      return {
        ...stage,
        env: { ...stage.env, ...Object.fromEntries(rest.split(/\s+/).map((pair) => pair.split('='))) },
      };
    case 'USER':
      return { ...stage, user: rest };
    case 'EXPOSE':
      return { ...stage, expose: [...stage.expose, ...rest.split(/\s+/).map(Number)] };
    case 'ENTRYPOINT':
      return { ...stage, entrypoint: JSON.parse(rest) };
    case 'CMD':
      return { ...stage, cmd: JSON.parse(rest) };
    default:
      throw new Error(`${instruction}: not known here`);
  }
}

/** Whether a `.dockerignore` leaves a path out. @throws Error for a pattern that is not known here */
export function readDockerignore(text: string): (path: string) => boolean {
  const patterns = text
    .split('\n')
    .filter((line) => /^[^#\s]/.test(line))
    .map((line) => {
      if (/[!?[\]\\]/.test(line)) throw new Error(`${line}: not known here`);
      const inner = line
        .replaceAll('.', '\\.')
        .replace('**/', '(.*/)?')
        .replaceAll(/(?<!\.)\*/g, '[^/]*');
      return new RegExp(`^${inner}(/|$)`);
    });
  return (path) => patterns.some((pattern) => pattern.test(path));
}
