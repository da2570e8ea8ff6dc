import type { Dimension } from '@aws-sdk/client-cloudwatch';
import type { CollectError } from '#model/errors.ts';

/** Which types of storage the buckets of a region hold, by what CloudWatch has of them. */
export class StorageIndex {
  /** Why that could not be listed: then it is known of no bucket. */
  readonly error: CollectError | undefined;
  readonly #types = new Map<string, string[]>();

  constructor(error?: CollectError) {
    this.error = error;
  }

  add(dimensions: readonly Dimension[]): void {
    const valueNamed = (name: string) => dimensions.find((each) => each.Name === name)?.Value;
    const [bucket, type] = [valueNamed('BucketName'), valueNamed('StorageType')];
    if (bucket === undefined || type === undefined) return;
    const known = this.#types.get(bucket);
    if (known === undefined) this.#types.set(bucket, [type]);
    else if (!known.includes(type)) known.push(type);
  }

  /** @param dimensions of the bucket's metrics */
  typesOf(dimensions: readonly Dimension[]): readonly string[] {
    const bucket = dimensions.find(({ Name }) => Name === 'BucketName')?.Value;
    return this.#types.get(bucket ?? '') ?? [];
  }
}
