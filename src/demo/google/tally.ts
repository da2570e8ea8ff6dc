import type { Aligner } from './aggregation.ts';

/** Statistics of the values in one bucket. */
export class Tally {
  count = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;

  add(value: number): void {
    this.count++;
    this.sum += value;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
  }

  clear(): void {
    this.count = 0;
    this.sum = 0;
    this.minimum = Number.POSITIVE_INFINITY;
    this.maximum = Number.NEGATIVE_INFINITY;
  }

  /**
   * What an aligner makes of the values, each taken as `offset + scale × value`; NaN of none.
   *
   * @param seconds length of the bucket, for rates
   */
  result(aligner: Aligner, seconds: number, scale = 1, offset = 0): number {
    const { count } = this;
    if (count === 0) return Number.NaN;
    const sum = offset * count + scale * this.sum;
    switch (aligner) {
      case 'ALIGN_COUNT':
        return count;
      case 'ALIGN_MEAN':
        return sum / count;
      case 'ALIGN_RATE':
        return sum / seconds;
      case 'ALIGN_MIN':
        return offset + scale * (scale < 0 ? this.maximum : this.minimum);
      case 'ALIGN_MAX':
        return offset + scale * (scale < 0 ? this.minimum : this.maximum);
      default:
        return sum;
    }
  }
}
