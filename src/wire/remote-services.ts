import { type Client, type Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { CollectError } from '#model/errors.ts';
import { ServerReflectionDefinition as V1 } from './gen/grpc/grpc/reflection/v1/reflection.ts';
import {
  type ServerReflectionResponse,
  ServerReflectionDefinition as V1Alpha,
} from './gen/grpc/grpc/reflection/v1alpha/reflection.ts';
import { decodeMessage, encodeMessage } from './rpc.ts';
import { passBytes } from './service.ts';
import { malformed } from './struct/source.ts';

const deadlineMs = 10_000;

/** The full names of the services at the other end: by reflection v1alpha as Cloudforet has it, else by v1. */
export async function listServices(channel: Client, metadata: Metadata): Promise<ReadonlySet<string>> {
  try {
    return await ask(channel, metadata, V1Alpha);
  } catch (caught) {
    if ((caught as Partial<ServiceError>).code !== status.UNIMPLEMENTED) throw caught;
    return await ask(channel, metadata, V1);
  }
}

function ask(
  channel: Client,
  metadata: Metadata,
  definition: typeof V1Alpha | typeof V1,
): Promise<ReadonlySet<string>> {
  const { requestType, responseType, ...method } = definition.methods.serverReflectionInfo;
  const { path, requestSerialize, responseDeserialize } = passBytes(`/${definition.fullName}/${method.name}`, method);
  return new Promise((resolve, reject) => {
    const options = { deadline: Date.now() + deadlineMs };
    const call = channel.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options);
    call.on('error', reject);
    call.on('end', () => reject(new CollectError('malformed_reply', 'Reflection ended without an answer.')));
    call.on('data', (bytes: Buffer) => {
      call.end();
      try {
        resolve(namesIn(decodeMessage(responseType, bytes, () => malformed('is no reflection answer'))));
      } catch (caught) {
        reject(caught);
      }
    });
    call.write(encodeMessage(requestType, { list_services: '*' }));
  });
}

function namesIn({ list_services_response, error_response }: ServerReflectionResponse): ReadonlySet<string> {
  if (list_services_response !== undefined) return new Set(list_services_response.service.map(({ name }) => name));
  throw new CollectError(
    'malformed_reply',
    `Reflection lists no services: ${error_response?.error_message ?? 'no reason'}`,
  );
}
