import {
  type handleBidiStreamingCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import type { DescriptorIndex } from './descriptor-index.ts';
import { ServerReflectionDefinition as V1 } from './gen/grpc/grpc/reflection/v1/reflection.ts';
import {
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionDefinition as V1Alpha,
} from './gen/grpc/grpc/reflection/v1alpha/reflection.ts';
import { toGrpc } from './platform-error.ts';
import { decodeMessage, encodeMessage, type Sparse } from './rpc.ts';
import { passBytes } from './service.ts';
import { malformed } from './struct/source.ts';

type Answer = Sparse<ServerReflectionResponse>;

/**
 * Reflection v1alpha, which Cloudforet's clients cannot do without, and v1, which newer tools ask first: the same messages
 * under two names.
 *
 * @param services full names to list; not reflection's own, whose stubs core 1.12's client would try to import
 */
export function reflection(
  services: readonly string[],
  index: DescriptorIndex,
): [ServiceDefinition, UntypedServiceImplementation][] {
  return [V1Alpha, V1].map(({ fullName, methods }) => {
    const method = methods.serverReflectionInfo;
    const serve: handleBidiStreamingCall<Buffer, Buffer> = (call) => {
      call.on('data', (bytes: Buffer) => {
        try {
          const request = decodeMessage(method.requestType, bytes, () => malformed('is no reflection request'));
          call.write(encodeMessage(method.responseType, answer(request, services, index)));
        } catch (caught) {
          call.emit('error', toGrpc(caught));
        }
      });
      call.on('end', () => call.end());
    };
    return [
      { serverReflectionInfo: passBytes(`/${fullName}/${method.name}`, method) },
      { serverReflectionInfo: serve },
    ];
  });
}

function answer(request: ServerReflectionRequest, services: readonly string[], index: DescriptorIndex): Answer {
  return { valid_host: request.host, original_request: request, ...lookUp(request, services, index) };
}

function lookUp(request: ServerReflectionRequest, services: readonly string[], index: DescriptorIndex): Answer {
  if (request.list_services !== undefined) {
    return { list_services_response: { service: services.map((name) => ({ name })) } };
  }
  if (request.file_by_filename !== undefined) {
    return filesOr(index.withImports(request.file_by_filename), request.file_by_filename);
  }
  if (request.file_containing_symbol !== undefined) {
    return filesOr(index.holding(request.file_containing_symbol), request.file_containing_symbol);
  }
  if (request.file_containing_extension !== undefined) {
    return notFound(`extension of ${request.file_containing_extension.containing_type}`);
  }
  if (request.all_extension_numbers_of_type !== undefined) {
    const type = request.all_extension_numbers_of_type;
    if (index.holding(type) === undefined) return notFound(type);
    return { all_extension_numbers_response: { base_type_name: type, extension_number: [] } };
  }
  return { error_response: { error_code: status.INVALID_ARGUMENT, error_message: 'The request asks for nothing.' } };
}

function filesOr(files: Buffer[] | undefined, wanted: string): Answer {
  return files === undefined ? notFound(wanted) : { file_descriptor_response: { file_descriptor_proto: files } };
}

function notFound(wanted: string): Answer {
  return { error_response: { error_code: status.NOT_FOUND, error_message: `Not found: ${wanted}` } };
}
