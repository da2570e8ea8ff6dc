import type { ChannelOptions } from '@grpc/grpc-js';
import { maxMessageBytes } from './struct/limits.ts';

/** Both ends of ours: messages of up to 256 MiB (grpc-js reads no more than 4 MiB unless told). */
export const messageLimits = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
} as const satisfies ChannelOptions;
