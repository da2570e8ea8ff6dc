import type {
  MethodDefinition,
  ServiceDefinition,
  UntypedHandleCall,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type Definition, methodOf, type StreamFlags } from './rpc.ts';
import { type Handler, type OnError, streaming, unary } from './serve-method.ts';

/** A service with those who answer for it. */
export interface Service {
  readonly fullName: string;
  readonly methods: readonly ServedMethod[];
}

/** A method whose messages are read and written where it was made: from outside they are bytes. */
interface ServedMethod {
  /** As its definition and grpc-js key it: `getTasks`. */
  readonly key: string;
  readonly definition: MethodDefinition<Buffer, Buffer>;
  serve(onError: OnError): UntypedHandleCall;
}

/** Pairs a generated definition with one handler a method; a method without one, or an unknown one, does not compile. */
export function implement<Requests, Responses, Streams extends StreamFlags<Streams>>(
  definition: Definition<Requests, Responses, Streams>,
  handlers: {
    readonly [Name in keyof Requests & keyof Responses & keyof Streams]: Handler<
      Requests[Name],
      Responses[Name],
      Streams[Name]
    >;
  },
): Service {
  const { fullName } = definition;
  const methods = keysOf(handlers).map((key): ServedMethod => {
    const method = methodOf(definition, key);
    const handler = handlers[key];
    const path = `/${fullName}/${method.name}`;
    const serve = method.responseStream ? streaming : unary;
    return { key, definition: passBytes(path, method), serve: (onError) => serve(path, method, handler, onError) };
  });
  return { fullName, methods };
}

function keysOf<T extends object>(record: T): Extract<keyof T, string>[] {
  const keys: Extract<keyof T, string>[] = [];
  for (const key in record) keys.push(key);
  return keys;
}

/** The service as grpc-js wants it: a definition that passes bytes through, and an implementation that reads them. */
export function forGrpc({ methods }: Service, onError: OnError): [ServiceDefinition, UntypedServiceImplementation] {
  return [
    Object.fromEntries(methods.map(({ key, definition }) => [key, definition])),
    Object.fromEntries(methods.map(({ key, serve }) => [key, serve(onError)])),
  ];
}

const same = (bytes: Buffer): Buffer => bytes;

/** A method of grpc-js whose messages are bytes. */
export function passBytes(
  path: string,
  { requestStream, responseStream }: { requestStream: boolean; responseStream: boolean },
): MethodDefinition<Buffer, Buffer> {
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
