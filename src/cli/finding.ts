import { InvalidArgumentError } from 'commander';
import type { Tally } from '#platform/rightsizing/tally.ts';
import { type VerdictClass, verdictClasses } from '#rightsizing/verdict.ts';

/** What a pipeline is to fail on. */
export interface Finding {
  /** `idle>0` */
  readonly text: string;
  isMet(tally: Tally): boolean;
}

export function parseFinding(text: string): Finding {
  const [, name, number = ''] = /^(\w+)>(\d+)$/.exec(text.replaceAll(' ', '')) ?? [];
  const wanted = verdictClasses.find((each) => each === name);
  if (wanted === undefined)
    throw new InvalidArgumentError(`It has to be one of ${verdictClasses.join(', ')}, > and a number: idle>0.`);
  return { text, isMet: ({ classes }) => classes[wanted satisfies VerdictClass].servers > Number(number) };
}
