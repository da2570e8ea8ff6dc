import type { Generation } from '#wire/generation.ts';
import type { JsonObject } from '#wire/struct/json.ts';
import type { FaultSwitches } from '../../fleet/fault-switches.ts';
import type { Faults } from '../faults.ts';
import { Table } from '../inventory/table.ts';
import { notFound, refuse } from '../refusal.ts';
import { type DataSource, dataSourceRules } from './data-source.ts';

/** The data sources of a domain. */
export class DataSources {
  readonly #sources: readonly DataSource[];
  readonly #domainId: string;
  readonly #faults: FaultSwitches<Faults>;
  readonly #createdAt: string;

  /** @param createdAt ISO 8601 */
  constructor(sources: readonly DataSource[], domainId: string, faults: FaultSwitches<Faults>, createdAt: string) {
    this.#sources = sources;
    this.#domainId = domainId;
    this.#faults = faults;
    this.#createdAt = createdAt;
  }

  /** As they are now, for a list. */
  table(generation: Generation): Table {
    const table = new Table(dataSourceRules, () => 0, 0);
    for (const source of this.#sources) table.put(this.#rowOf(source, generation));
    return table;
  }

  /** @throws CollectError `ERROR_NOT_FOUND`, or `ERROR_DATA_SOURCE_STATE_DISABLED` */
  enabled(dataSourceId: string, domainId: string): DataSource {
    const source = this.#sources.find((each) => each.dataSourceId === dataSourceId);
    if (source === undefined || domainId !== this.#domainId) throw notFound('data_source_id', dataSourceId);
    if (this.#isDisabled(source)) {
      const message = `Data source state is disabled. (data_source_id = ${dataSourceId})`;
      throw refuse('ERROR_DATA_SOURCE_STATE_DISABLED', message);
    }
    return source;
  }

  #isDisabled({ dataSourceId }: DataSource): boolean {
    return this.#faults.current.disabledDataSources.includes(dataSourceId);
  }

  #rowOf(source: DataSource, generation: Generation): JsonObject {
    const { dataSourceId, name, monitoringType, provider, options, metadata, secretId, schemas } = source;
    return {
      data_source_id: dataSourceId,
      name,
      state: this.#isDisabled(source) ? 'DISABLED' : 'ENABLED',
      monitoring_type: monitoringType,
      provider,
      capability: {
        monitoring_type: monitoringType,
        supported_schema: schemas,
        use_resource_secret: secretId === undefined,
      },
      plugin_info: {
        plugin_id: `plugin-${provider}-${generation}`,
        version: '1.0.0',
        options,
        metadata,
        ...(secretId === undefined ? { provider } : { secret_id: secretId }),
        upgrade_mode: 'AUTO',
      },
      tags: {},
      domain_id: this.#domainId,
      created_at: this.#createdAt,
    };
  }
}
