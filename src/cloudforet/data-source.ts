import { z } from 'zod';
import type { DataSource } from './dialect.ts';

const Metadata = z.looseObject({ supported_stat: z.array(z.string()) });

/** What the rows of both generations have in common. */
interface DataSourceInfo {
  readonly data_source_id: string;
  readonly name: string;
  readonly plugin_info: { readonly secret_id?: string | undefined; readonly metadata: object | undefined } | undefined;
}

export function dataSourceOf({ data_source_id, name, plugin_info }: DataSourceInfo, isEnabled: boolean): DataSource {
  return {
    id: data_source_id,
    name,
    isEnabled,
    usesServerSecret: !plugin_info?.secret_id,
    statistics: Metadata.safeParse(plugin_info?.metadata).data?.supported_stat ?? [],
  };
}
