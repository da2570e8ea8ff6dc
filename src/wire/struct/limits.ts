/**
 * JSON levels of one Struct, the root object being the first. protobuf parsers stop at 100 nested messages, and each level
 * takes three of them (Struct, FieldsEntry, Value): 32 levels and the message around them still fit.
 */
export const maxDepth = 32;

/** Bytes of one message, either way: what the platform's own clients allow. */
export const maxMessageBytes = 256 * 2 ** 20;

/** Values of one Struct: more than a full message of numbers holds, far less than its bytes could be made to unfold to. */
export const maxValues = 2 ** 25;
