import type { Cell } from './cell.ts';

/** What EC2 needs to answer. */
export interface Ec2Call {
  readonly params: URLSearchParams;
  readonly cell: Cell;
  /** Epoch seconds. */
  readonly now: number;
  /** Number that shuffles the order of this call's list. */
  readonly shuffle: number;
}

/** The values of `Name.1`, `Name.2`, … in order. */
export function listParam(params: URLSearchParams, name: string): readonly string[] {
  const values: string[] = [];
  for (let n = 1; ; n++) {
    const value = params.get(`${name}.${n}`);
    if (value === null) return values;
    values.push(value);
  }
}

/** A filter of a Describe call: any of the values will do. */
export interface Filter {
  readonly name: string;
  readonly values: readonly string[];
}

/** The filters of a Describe call. */
export function filterParams(params: URLSearchParams): readonly Filter[] {
  const filters: Filter[] = [];
  for (let n = 1; ; n++) {
    const name = params.get(`Filter.${n}.Name`);
    if (name === null) return filters;
    filters.push({ name, values: listParam(params, `Filter.${n}.Value`) });
  }
}
