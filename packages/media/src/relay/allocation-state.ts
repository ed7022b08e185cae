/** What goes into {@link stepAllocation}, and what comes out. */
import type { StunMessage, TransportAddress } from "../turn/stun-message.ts";

/** Names nobody and no server: RFC 8489 wants one, and browsers show it to nobody. */
export const relayRealm = "signet";

/** RFC 8656 sections 3.2, 9 and 12: an allocation and a channel for 10 minutes, a permission for 5. */
export const allocationMs = 600_000;
export const channelMs = 600_000;
export const permissionMs = 300_000;
/** How long a nonce counts. Over TCP nobody else could send it again; who asks with an old one gets another. */
export const nonceMs = 600_000;
/** A terminal asks twice, without credentials and with them; more is for those that try again. */
export const mostRefusals = 6;

/** RFC 8656 section 18 and RFC 8489 section 14.8. */
export const refusalReasons = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  420: "Unknown Attribute",
  437: "Allocation Mismatch",
  438: "Stale Nonce",
  440: "Address Family not Supported",
  441: "Wrong Credentials",
  442: "Unsupported Transport Protocol",
  443: "Peer Address Family Mismatch",
  486: "Allocation Quota Reached",
  508: "Insufficient Capacity",
} as const;
export type RelayRefusal = keyof typeof refusalReasons;

/** Whether there is room for one more allocation: `quota` when this terminal has as many as it may. */
export type RelayRoom = "yes" | "quota" | "capacity";

export interface Holder {
  readonly username: string;
  readonly key: Buffer;
}

export interface Lasting<T> {
  readonly of: T;
  readonly untilMs: number;
}

export interface AllocationState {
  readonly phase: "waiting" | "opening" | "open" | "over";
  /** Where the terminal is, as the relay sees it. */
  readonly client: TransportAddress;
  /** The address at which the SFU sees it. Its family is that of the peers that are named. */
  readonly relayAddress: string;
  readonly endsAtMs: number;
  readonly nonce: Lasting<string>;
  readonly refusals: number;
  /** From the Allocate on that was granted. */
  readonly holder: Holder | undefined;
  /** The Allocate that waits for its socket. */
  readonly asked: StunMessage | undefined;
  /** One for each port. */
  readonly peers: readonly TransportAddress[];
  /** Of addresses, whatever the port. */
  readonly permissions: readonly Lasting<string>[];
  readonly channels: readonly Lasting<{ readonly channel: number; readonly peer: TransportAddress }>[];
}

/** By which the answer of the SFU named the connection of this terminal, now; none before it, and none after its end. */
export type Reachable = readonly TransportAddress[];

export type AllocationInput =
  | {
      readonly type: "message";
      /** As it came, for its integrity. */
      readonly bytes: Buffer;
      readonly message: StunMessage;
      /** Whoever the user name in it is; undefined for nobody, or who may not begin any more. */
      readonly holder: Holder | undefined;
      readonly room: RelayRoom;
      /** A new one each time: random. */
      readonly nonce: string;
      readonly reachable: Reachable;
    }
  | {
      readonly type: "channel";
      readonly channel: number;
      readonly data: Buffer;
      readonly reachable: Reachable;
    }
  /** @param port of the socket that was asked for; undefined when there is none */
  | { readonly type: "opened"; readonly port: number | undefined }
  /** From a port of the media processes. */
  | {
      readonly type: "received";
      readonly port: number;
      readonly data: Buffer;
      readonly reachable: Reachable;
    }
  | { readonly type: "tick" };

export type AllocationEffect =
  /** To the terminal. */
  | { readonly type: "reply"; readonly bytes: Buffer }
  /** Also to the terminal, but may be lost. */
  | { readonly type: "deliver"; readonly bytes: Buffer }
  | { readonly type: "open" }
  /** To a port of the media processes. */
  | { readonly type: "forward"; readonly port: number; readonly data: Buffer }
  | { readonly type: "refused"; readonly code: RelayRefusal }
  | { readonly type: "end" };

/** @param helloMs how long it may take to the allocation */
export function startAllocation(
  client: TransportAddress,
  relayAddress: string,
  nonce: string,
  nowMs: number,
  helloMs: number,
): AllocationState {
  return {
    phase: "waiting",
    client,
    relayAddress,
    endsAtMs: nowMs + helloMs,
    nonce: { of: nonce, untilMs: nowMs + nonceMs },
    refusals: 0,
    holder: undefined,
    asked: undefined,
    peers: [],
    permissions: [],
    channels: [],
  };
}
