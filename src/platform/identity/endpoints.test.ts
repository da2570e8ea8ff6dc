import { describe, expect, it } from 'vitest';
import { listEndpoints } from './endpoints.ts';

const place = { publicUrl: 'grpc+ssl://gauge.corp:443', internalUrl: 'grpc://10.0.0.1:50051', version: '1.2.3' };

describe('endpoints', () => {
  it.each([
    { generation: 'V1', type: 'PUBLIC', endpoint: place.publicUrl, internal_endpoint: '' },
    { generation: 'V1', type: 'INTERNAL', endpoint: place.internalUrl, internal_endpoint: '' },
    { generation: 'V2', type: 'PUBLIC', endpoint: place.publicUrl, internal_endpoint: '' },
    { generation: 'V2', type: 'INTERNAL', endpoint: '', internal_endpoint: place.internalUrl },
  ] as const)('of $generation, $type', ({ generation, type, ...urls }) => {
    expect(listEndpoints(place, { generation, type, service: 'inventory' })).toEqual([
      { service: 'inventory', name: 'Inventory Service', state: 'ACTIVE', version: '1.2.3', ...urls },
    ]);
  });

  it('are the same however often and in which order they are asked for', () => {
    const ask = (type: 'PUBLIC' | 'INTERNAL') => listEndpoints(place, { generation: 'V2', type });
    const before = ask('PUBLIC');
    ask('INTERNAL');
    expect(ask('PUBLIC')).toEqual(before);
    expect(before.map(({ service }) => service)).toEqual(['identity', 'inventory', 'monitoring', 'plugin', 'secret']);
  });

  it('stand for each other where there is one alone', () => {
    const { publicUrl, version } = place;
    const [one] = listEndpoints({ publicUrl, version }, { generation: 'V2', type: 'INTERNAL' });
    expect(one?.internal_endpoint).toBe(publicUrl);
  });
});
