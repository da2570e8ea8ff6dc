/** What a google.protobuf.Struct can say. Numbers are doubles: 4 comes back as 4, but Python sees 4.0. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}
