import type { JsonObject } from '#wire/struct/json.ts';
import { hex8 } from '../../fleet/hash.ts';
import type { CloudSecret } from '../inventory/server.ts';

/** Resources that today's generation asks a data source for at once. */
interface Chunk {
  readonly secret: CloudSecret;
  readonly region: string;
  /** Whether the secret's schema is said, which it is from the second resource on. */
  namesSchema: boolean;
  readonly queries: Map<string, JsonObject>;
}

export interface Entry {
  readonly id: string;
  readonly region: string;
  readonly secret: CloudSecret;
  readonly query: JsonObject;
}

const mostQueries = 200;

/**
 * Puts queries of one provider, region and secret together, two hundred at most, each with its region written in. A full chunk
 * is set aside under a name with one random byte: where two get the same, the earlier is lost.
 *
 * @param randomByte 0 to 255
 */
export function chunkQueries(provider: string, entries: readonly Entry[], randomByte: () => number): Chunk[] {
  const chunks = new Map<string, Chunk>();
  for (const { id, region, secret, query } of entries) {
    const key = `${provider}.${region}.${secret.secretId}`;
    const placed = { ...query, region_name: region };
    const chunk = chunks.get(key);
    if (chunk !== undefined) chunk.namesSchema = true;
    if (chunk !== undefined && chunk.queries.size < mostQueries) chunk.queries.set(id, placed);
    else {
      if (chunk !== undefined) chunks.set(`${key}.${hex8(randomByte()).slice(-2)}`, chunk);
      chunks.set(key, { secret, region, namesSchema: false, queries: new Map([[id, placed]]) });
    }
  }
  return [...chunks.values()];
}
