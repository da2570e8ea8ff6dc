import type { ErrorReport } from '#model/errors.ts';
import type { Store } from '#store/store.ts';
import { Endpoint } from '#wire/endpoint.ts';

export const outsideStates = ['enabled', 'disabled', 'ok', 'failed'] as const;

/** Who answers for metrics or resources besides our own providers. */
export interface OutsideSource {
  readonly id: string;
  readonly kind: 'data_source' | 'plugin';
  readonly name: string;
  readonly provider: string | undefined;
  /** Of a data source whether it is asked; of a plugin how it went when it was last spoken to. */
  readonly state: (typeof outsideStates)[number];
  /** Epoch milliseconds. */
  readonly at: number;
  readonly error: ErrorReport | undefined;
  /** Where it listens, or what is run. */
  readonly where: string;
}

/** Data sources that were registered with the platform, and plugins; not our own sources, which `readSources` tells of. */
export async function readOutsideSources({ dataSources, plugins }: Store): Promise<readonly OutsideSource[]> {
  const registered = (await dataSources.list()).filter(({ plugin }) => Endpoint.safeParse(plugin.id).success);
  return [
    ...registered.map(
      ({ id, name, provider, state, plugin, createdAt }): OutsideSource => ({
        id,
        kind: 'data_source',
        name,
        provider,
        state: state === 'ENABLED' ? 'enabled' : 'disabled',
        at: createdAt,
        error: undefined,
        where: plugin.id,
      }),
    ),
    ...(await plugins.list()).map(
      ({ id, name, reach, status }): OutsideSource => ({
        id,
        kind: 'plugin',
        name,
        provider: undefined,
        state: status.state === 'OK' ? 'ok' : 'failed',
        at: status.at,
        error: status.state === 'FAILED' ? status.error : undefined,
        where: reach.kind === 'endpoint' ? reach.url : reach.kind === 'package' ? reach.spec : reach.command,
      }),
    ),
  ];
}
