import { z } from 'zod';

/** `grpc://host:port` in clear text, `grpc+ssl://host:port` over TLS; a path, such as the old `/v1`, means nothing. */
export const Endpoint = z
  .string()
  .trim()
  .regex(/^grpc(\+ssl)?:\/\/[^/]+:\d{1,5}(\/.*)?$/, 'is not grpc://host:port or grpc+ssl://host:port')
  .transform((url) => {
    const [, ssl, address] = /^grpc(\+ssl)?:\/\/([^/]+)/.exec(url) ?? [];
    return { address: address ?? '', tls: ssl !== undefined };
  })
  .describe('Where a gRPC service listens: grpc://host:port or grpc+ssl://host:port.');
export type Endpoint = z.infer<typeof Endpoint>;
