/** TURN as bytes, for whoever speaks it. */
export {
  addressValue,
  attributeOf,
  buildStun,
  hasIntegrity,
  longTermKey,
  parseStun,
  readAddress,
  readErrorCode,
  stunAttributes,
  stunMethods,
} from "./stun-message.ts";
export type { StunAttribute, StunMessage, TransportAddress } from "./stun-message.ts";
export { channelFrame, TurnStream } from "./turn-stream.ts";
export type { TurnFrame } from "./turn-stream.ts";
