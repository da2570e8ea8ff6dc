import { fromBinary } from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { CollectError } from '#model/errors.ts';
import type { CallChoices, Client } from '#wire/client.ts';
import { ServerReflectionDefinition as V1 } from '#wire/gen/grpc/grpc/reflection/v1/reflection.ts';
import { ServerReflectionDefinition as V1Alpha } from '#wire/gen/grpc/grpc/reflection/v1alpha/reflection.ts';
import type { Generation } from '#wire/generation.ts';

const collector = 'spaceone.api.inventory.plugin.Collector';

/**
 * Whose contract a plugin speaks. Both have the service by the same name; what the later one can be asked and the earlier one
 * cannot, is a part of a collection.
 *
 * @throws CollectError `invalid_input` for a server that is no collector, or says nothing of itself
 */
export async function generationOf(client: Client, choices: CallChoices): Promise<Generation> {
  // Some servers know the files of services that they do not serve.
  if (!(await client.supports(collector))) throw noCollector('its reflection does not list one');
  const files = await askFiles(client, choices);
  const request = files.flatMap(({ messageType }) => messageType).find(({ name }) => name === 'CollectRequest');
  if (request === undefined) throw noCollector('its reflection does not tell what a collector is asked');
  return request.field.some(({ name }) => name === 'task_options') ? 'v2' : 'v1';
}

/** By reflection v1alpha as Cloudforet has it, else by v1. A single request needs no stream of them. */
async function askFiles(client: Client, choices: CallChoices): Promise<readonly FileDescriptorProto[]> {
  for (const definition of [V1Alpha, V1]) {
    try {
      const answers = client.stream(definition, 'serverReflectionInfo', { file_containing_symbol: collector }, choices);
      for await (const { file_descriptor_response: files, error_response: error } of answers) {
        if (files === undefined) throw noCollector(error?.error_message ?? 'its reflection has no answer');
        return files.file_descriptor_proto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
      }
    } catch (caught) {
      const error = CollectError.from(caught);
      if (error.code !== 'not_found') throw error;
    }
  }
  throw noCollector('it has no reflection');
}

function noCollector(why: string): CollectError {
  return new CollectError('invalid_input', `this is no collector plugin: ${why}`, {
    fix: `it has to serve ${collector}, and gRPC reflection with it`,
  });
}
