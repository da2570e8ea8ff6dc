import { files as grpcFiles } from './gen/grpc/descriptors.ts';
import { files as v1Files } from './gen/v1/descriptors.ts';
import { ServerInfoDefinition as ServerInfoV1 } from './gen/v1/spaceone/api/core/v1/server_info.ts';
import { files as v2Files } from './gen/v2/descriptors.ts';
import { ServerInfoDefinition as ServerInfoV2 } from './gen/v2/spaceone/api/core/v1/server_info.ts';

/** Cloudforet's two wire contracts. They share package names, so one server speaks one of them. */
export const generations = {
  v1: { files: [...v1Files, ...grpcFiles], serverInfo: ServerInfoV1 },
  v2: { files: [...v2Files, ...grpcFiles], serverInfo: ServerInfoV2 },
} as const;

export type Generation = keyof typeof generations;
