import type { TransportAddress } from "./turn/stun-message.ts";

/** What the server needs of an SFU. Implementations forward encrypted audio; none can read it. */
export interface MediaEngine {
  /**
   * Answers one terminal's offer. The connection of a second offer of the same (callId, terminalId) takes the place of the first as soon as it is connected; until
   * then the first goes on, where it is. One waits so at most: with a third offer the second is over.
   * @param input.offerSdp complete offer: one sending audio m-line and up to K receiving ones (slots), candidates optional
   * @throws SignetError `media.badOffer`, `media.tooManySlots` or `media.unavailable`
   */
  join(input: { callId: string; terminalId: string; offerSdp: string }): Promise<{ answerSdp: string }>;

  /**
   * Closes the terminal's connection. Unknown IDs are ignored.
   * @param successorId the terminal that its person goes on with: heard from now on where this one was
   */
  leave(callId: string, terminalId: string, successorId?: string): void;

  /** Closes all connections of the call. Unknown IDs are ignored. */
  endCall(callId: string): void;

  /**
   * How answers named this terminal's connections, for whoever relays to them: the one that serves, and last one that is to take its place. A server that found
   * a connection on a media process that outlived the one before does not know it.
   */
  connectionsOf(callId: string, terminalId: string): readonly MediaConnection[];

  /** @throws SignetError `media.unavailable` */
  flow(callId: string, terminalId: string): Promise<MediaFlow>;

  /** Calls that run now, also those found on media processes that outlived the server before this one. */
  calls(): readonly MediaCall[];

  stats(): Promise<MediaStats>;

  /** @returns a function that ends the subscription */
  on(listener: (event: MediaEvent) => void): () => void;

  /** Ends all calls and the media processes. */
  close(): Promise<void>;
}

/** The SFU's end of a terminal's connection. */
export interface MediaConnection {
  /** Of all candidates: those of this machine, and announced ones. */
  readonly addresses: readonly TransportAddress[];
  /** `ice-pwd`: what checks to this end are sealed with. */
  readonly icePassword: string;
}

export interface MediaCall {
  readonly callId: string;
  readonly terminalIds: readonly string[];
}

export type MediaEvent =
  /** A media process died. The terminals of these calls must offer again; the engine has forgotten the calls. */
  | { readonly type: "restarted"; readonly callIds: readonly string[] }
  | { readonly type: "connected"; readonly callId: string; readonly terminalId: string }
  | { readonly type: "disconnected"; readonly callId: string; readonly terminalId: string }
  /** Of so many packets to or from these terminals (`poor`) too many get lost. Told when it is others than before, and now and then while there are any. */
  | { readonly type: "networks"; readonly callId: string; readonly poor: readonly string[] }
  /** All whose sound goes to the others now. Told when it is others than before, and now and then. */
  | { readonly type: "voices"; readonly callId: string; readonly terminalIds: readonly string[] }
  /** Nothing has come from it for 2 s, after something had. */
  | { readonly type: "quiet"; readonly callId: string; readonly terminalId: string };

/** What came and went on the connection that serves a terminal, as the SFU sees it. */
export interface MediaFlow {
  /** Also false where there is none. */
  readonly connected: boolean;
  /** Whole ms; missing where nothing was sent so far. */
  readonly sentAgoMs?: number;
  readonly receivedAgoMs?: number;
}

export interface MediaStats {
  readonly children: readonly MediaChildStats[];
  readonly calls: readonly MediaCallStats[];
}

/** One media process; counters since its start. */
export interface MediaChildStats {
  readonly pid: number;
  /** The warm spare carries no calls. */
  readonly spare: boolean;
  /** User and system time. */
  readonly cpuUs: number;
  readonly residentBytes: number;
}

export interface MediaCallStats {
  readonly callId: string;
  readonly terminals: readonly MediaTerminalStats[];
}

/** Counters of one connection, from the SFU's side. */
export interface MediaTerminalStats {
  readonly terminalId: string;
  readonly connected: boolean;
  readonly packetsIn: number;
  readonly bytesIn: number;
  /** Packets that the terminal sent and that never arrived. */
  readonly packetsLost: number;
  readonly packetsOut: number;
  readonly bytesOut: number;
  /** Packets sent again because the terminal asked for them. */
  readonly nacksAnswered: number;
  /** Packets asked for that the SFU did not have. */
  readonly nacksUnanswered: number;
}

/** Receiving slots per terminal (K) when {@link MediaOptions} names none. */
export const defaultSlots = 8;

export interface MediaOptions {
  /** Directory for the control sockets, made with mode 0700. One per data directory: a restarted server finds the
   * media processes that still run by it. */
  readonly runtimeDir: string;
  /** Receiving slots per terminal (K). Higher costs bandwidth per receiver; 8 is what a person can still tell apart. */
  readonly slots?: number;
  /** Media processes; default one per core, at most 8. */
  readonly children?: number;
  /** Local address to bind; default all interfaces. `127.0.0.1` keeps media on this machine. */
  readonly listenAddress?: string;
  /** One UDP port per media process (`udpPort`, `udpPort + 1` ...) for all connections; default a port each. */
  readonly udpPort?: number;
  /** Inclusive range of ports where each connection has its own. */
  readonly portRange?: readonly [number, number];
  /** Public addresses (NAT) to name in the answer beside the local ones. */
  readonly announcedAddresses?: readonly string[];
  /** Name IPv6 candidates in the answer; default true. */
  readonly ipv6?: boolean;
  /** How long a media process waits for a server to come back before it exits; default 60,000. */
  readonly orphanTimeoutMs?: number;
}
