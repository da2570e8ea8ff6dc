import { describe, expect, it } from 'vitest';
import { serverMetricKeys } from '#model/metric.ts';
import { keysFor, optionsSchema, parseOptions, wantsProvider } from './options.ts';

const row = (provider: string, ...metric: string[]) => ({ provider, resource_type: 'inventory.Server', metric });

describe('supported_metrics', () => {
  it('is all by itself', () => {
    expect(keysFor('aws', parseOptions({}))).toEqual(serverMetricKeys);
  });

  it('replaces the default in either form', () => {
    expect(keysFor('aws', parseOptions({ supported_metrics: ['disk.read_iops', 'cpu.utilization'] }))).toEqual([
      'cpu.utilization',
      'disk.read_iops',
    ]);
    const options = parseOptions({
      supported_metrics: [
        row('aws', 'cpu.utilization'),
        row('aws', 'network.sent_pps', 'cpu.utilization'),
        row('azure', 'memory.usage'),
        { metric: ['disk.read_iops'] },
      ],
    });
    expect(keysFor('aws', options)).toEqual(['cpu.utilization', 'disk.read_iops', 'network.sent_pps']);
    expect(keysFor('azure', options)).toEqual(['memory.usage', 'disk.read_iops']);
  });

  it('in the old form names the providers too', () => {
    const options = parseOptions({ supported_metrics: [row('aws', 'cpu.utilization')] });
    expect([wantsProvider('aws', options), wantsProvider('azure', options)]).toEqual([true, false]);
  });
});

describe('an option that is wrong is refused with its name and what it may be', () => {
  it.each([
    { options: { concurency: 3 }, says: ["options has no 'concurency'", 'It has: supported_metrics'] },
    {
      options: { supported_metrics: ['cpu.usage'] },
      says: ['options.supported_metrics.0', 'Allowed: cpu.utilization'],
    },
    {
      options: { supported_metrics: [row('aws', 'cpu')] },
      says: ['options.supported_metrics.0.metric.0', 'Allowed: cpu'],
    },
    { options: { supported_metrics: {} }, says: ['options.supported_metrics'] },
    { options: { supported_period: 1.5 }, says: ['options.supported_period', 'int'] },
    { options: { supported_period: 'week' }, says: ['options.supported_period', 'number'] },
    { options: { statistics: ['mean'] }, says: ['options.statistics.0', 'Allowed: avg, max'] },
    { options: { providers: ['amazon'] }, says: ['options.providers.0', 'Allowed: aws'] },
    { options: { states: ['running'] }, says: ['options.states.0', 'Allowed: RUNNING'] },
    { options: { concurrency: 0 }, says: ['options.concurrency', '>=1'] },
    { options: { normalization: 'old' }, says: ['options.normalization', 'Allowed: standard, legacy'] },
    { options: { layout: 'yes' }, says: ['options.layout', 'Allowed: auto, always, never'] },
    { options: { endpoint_type: 'PUBLIC' }, says: ['options.endpoint_type', 'Allowed: internal, public'] },
    { options: { endpoints: { inventory: 'https://x' } }, says: ['options.endpoints.inventory', 'grpc://host:port'] },
    { options: { endpoints: { identity: 'grpc://x:1' } }, says: ["options.endpoints has no 'identity'"] },
    { options: { tags: { Name: 1 } }, says: ['options.tags.Name'] },
  ])('$options', ({ options, says }) => {
    for (const text of says) {
      expect(() => parseOptions(options)).toThrow(
        expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(text) }),
      );
    }
  });
});

it('the schema for the console names every option with its default, in the form in which it is given', () => {
  const { properties } = Object(optionsSchema());
  expect(properties.supported_metrics.default).toEqual(serverMetricKeys);
  expect(properties.endpoint_type).toMatchObject({ default: 'internal', enum: ['internal', 'public'] });
  for (const property of Object.values(properties)) expect(property).toHaveProperty('description');
});
