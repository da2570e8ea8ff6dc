import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { ChannelCredentials, Client, Metadata, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServerReflectionDefinition as V1 } from './gen/grpc/grpc/reflection/v1/reflection.ts';
import {
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionDefinition as V1Alpha,
} from './gen/grpc/grpc/reflection/v1alpha/reflection.ts';
import { encodeMessage, type Sparse } from './rpc.ts';
import type { Listening } from './server.ts';
import { passBytes } from './service.ts';
import { serveTestCollector } from './testing-collector.fixture.ts';

const stop = new AbortController();
let server: Listening;
let channel: Client;

beforeAll(async () => {
  server = await serveTestCollector({ sent: 0, aborted: false, calls: [] }, { signal: stop.signal });
  channel = new Client(`127.0.0.1:${server.port}`, ChannelCredentials.createInsecure());
});

afterAll(async () => {
  channel.close();
  stop.abort();
  await server.closed;
});

const collector = 'spaceone.api.inventory.plugin.Collector';
const collectorFiles = [
  'spaceone/api/inventory/plugin/collector.proto',
  'google/protobuf/empty.proto',
  'google/protobuf/struct.proto',
];

describe.each([
  { name: 'v1alpha', definition: V1Alpha },
  { name: 'v1', definition: V1 },
])('reflection $name', ({ definition }) => {
  /** Sends all requests on one stream before it reads the first answer. */
  async function ask(...requests: Sparse<ServerReflectionRequest>[]): Promise<ServerReflectionResponse[]> {
    const { requestType, responseType, ...method } = definition.methods.serverReflectionInfo;
    const { path, requestSerialize, responseDeserialize } = passBytes(`/${definition.fullName}/${method.name}`, method);
    const call = channel.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, new Metadata());
    for (const request of requests) call.write(encodeMessage(requestType, request));
    call.end();
    const answers: ServerReflectionResponse[] = [];
    for await (const bytes of call) answers.push(responseType.decode(bytes as Buffer));
    return answers;
  }

  function fileNames(answer: ServerReflectionResponse | undefined): string[] {
    const files = answer?.file_descriptor_response?.file_descriptor_proto ?? [];
    return files.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes).name);
  }

  it('lists all services but itself', async () => {
    const [answer] = await ask({ list_services: '' });
    const names = answer?.list_services_response?.service.map(({ name }) => name);
    expect(names).toEqual([collector, 'spaceone.api.core.v1.ServerInfo', 'grpc.health.v1.Health']);
  });

  it.each([collector, `${collector}.collect`, 'spaceone.api.inventory.plugin.ResourceInfo.State'])(
    'has the file that holds %s first, then its imports, none merged',
    async (symbol) => {
      const [answer] = await ask({ file_containing_symbol: symbol });
      expect(fileNames(answer)).toEqual(collectorFiles);
    },
  );

  it('finds files by name', async () => {
    const [answer] = await ask({ file_by_filename: 'google/protobuf/struct.proto' });
    expect(fileNames(answer)).toEqual(['google/protobuf/struct.proto']);
  });

  it('answers what it has not got by an error, and goes on', async () => {
    const answers = await ask(
      { file_containing_symbol: 'no.Such' },
      { file_by_filename: 'no/such.proto' },
      { file_containing_extension: { containing_type: collector, extension_number: 1 } },
      {},
      { file_containing_symbol: collector },
    );
    const codes = answers.map(({ error_response }) => error_response?.error_code);
    expect(codes).toEqual([status.NOT_FOUND, status.NOT_FOUND, status.NOT_FOUND, status.INVALID_ARGUMENT, undefined]);
    expect(answers[0]?.original_request?.file_containing_symbol).toBe('no.Such');
    expect(fileNames(answers[4])).toEqual(collectorFiles);
  });
});
