import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import type { Definition } from './rpc.ts';
import { type Handlers, type OnError, streaming, unary } from './serve-method.ts';

/** A service with those who answer for it. */
export interface Service {
  readonly definition: Definition;
  // biome-ignore lint/suspicious/noExplicitAny: `implement` has held each to its own method
  readonly handlers: Readonly<Record<string, (request: any, call: any) => unknown>>;
}

/** Pairs a generated definition with one handler a method; a method without one, or an unknown one, does not compile. */
export function implement<const D extends Definition>(definition: D, handlers: Handlers<D>): Service {
  return { definition, handlers: handlers as unknown as Service['handlers'] };
}

/** The service as grpc-js wants it: a definition that passes bytes through, and an implementation that reads them. */
export function forGrpc(service: Service, onError: OnError): [ServiceDefinition, UntypedServiceImplementation] {
  const rows = Object.entries(service.definition.methods).map(([key, method]) => {
    const path = `/${service.definition.fullName}/${method.name}`;
    const handler = service.handlers[key];
    if (handler === undefined) throw new Error(`${path} has no handler`);
    const serve = method.responseStream ? streaming : unary;
    return [key, { ...passBytes(path, method) }, serve(path, method, handler, onError)] as const;
  });
  return [
    Object.fromEntries(rows.map(([key, definition]) => [key, definition])),
    Object.fromEntries(rows.map(([key, , implementation]) => [key, implementation])) as UntypedServiceImplementation,
  ];
}

const same = (bytes: Buffer): Buffer => bytes;

/** A method of grpc-js whose messages are bytes. */
export function passBytes(
  path: string,
  { requestStream, responseStream }: { requestStream: boolean; responseStream: boolean },
) {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: same,
    requestDeserialize: same,
    responseSerialize: same,
    responseDeserialize: same,
  };
}
