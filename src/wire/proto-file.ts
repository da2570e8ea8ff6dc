/** One .proto file as reflection serves it. */
export interface ProtoFile {
  /** The path that other files import it by. */
  readonly name: string;
  readonly imports: readonly string[];
  /** Full names of all it declares: services, methods, messages, fields, enums, enum values. */
  readonly symbols: readonly string[];
  /** The FileDescriptorProto, base64. */
  readonly descriptor: string;
}
