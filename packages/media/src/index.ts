export type {
  MediaCall,
  MediaCallStats,
  MediaChildStats,
  MediaEngine,
  MediaEvent,
  MediaFlow,
  MediaOptions,
  MediaStats,
  MediaTerminalStats,
} from "./engine.ts";
export { defaultSlots } from "./engine.ts";
export { killMediaProcesses } from "./parent/child-handle.ts";
export { startMedia } from "./parent/built-in-engine.ts";
export { Relay, relayAddressFor } from "./relay/relay.ts";
export type { RelayGrant, RelayReason } from "./relay/relay.ts";
