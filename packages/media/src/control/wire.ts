import type { ErrorCode } from "@signet/protocol";
import type { MediaCall, MediaCallStats, MediaFlow } from "../engine.ts";

/** Raise it with every change of the messages: a server does not take over processes that speak another version. */
export const controlVersion = 5;

/** What a media process is started with; a restarted server takes over only processes with the same. */
export interface ChildConfig {
  readonly socketPath: string;
  readonly slots: number;
  readonly listenAddress: string | undefined;
  readonly portRange: readonly [number, number] | undefined;
  readonly announcedAddresses: readonly string[];
  readonly ipv6: boolean;
  readonly orphanTimeoutMs: number;
}

export type ToChild =
  /** Makes the spare the process number `index`. */
  | { readonly type: "activate"; readonly index: number; readonly udpPort?: number }
  | {
      readonly type: "join";
      readonly request: number;
      readonly callId: string;
      readonly terminalId: string;
      readonly offerSdp: string;
    }
  | {
      readonly type: "leave";
      readonly callId: string;
      readonly terminalId: string;
      /** Is heard from now on where this one was. */
      readonly successorId?: string;
    }
  | { readonly type: "endCall"; readonly callId: string }
  | { readonly type: "stats"; readonly request: number }
  | {
      readonly type: "flow";
      readonly request: number;
      readonly callId: string;
      readonly terminalId: string;
    }
  | { readonly type: "exit" };

export type FromChild =
  | {
      readonly type: "hello";
      readonly version: number;
      readonly pid: number;
      readonly config: ChildConfig;
      readonly active?: { readonly index: number; readonly udpPort?: number };
      readonly calls: readonly MediaCall[];
    }
  /** Another server controls this process. */
  | { readonly type: "busy" }
  | {
      readonly type: "answer";
      readonly request: number;
      readonly answerSdp: string;
      /** The former connection goes on until `replaced`, or for good with `abandoned`. */
      readonly beside: boolean;
    }
  | { readonly type: "refused"; readonly request: number; readonly code: ErrorCode; readonly reason: string }
  | {
      readonly type: "stats";
      readonly request: number;
      readonly cpuUs: number;
      readonly residentBytes: number;
      readonly calls: readonly MediaCallStats[];
    }
  | { readonly type: "flow"; readonly request: number; readonly flow: MediaFlow }
  /** The terminals whose network is poor now. */
  | { readonly type: "networks"; readonly callId: string; readonly poor: readonly string[] }
  /** All that are forwarded now. */
  | { readonly type: "voices"; readonly callId: string; readonly terminalIds: readonly string[] }
  | {
      readonly type: "connected" | "disconnected" | "replaced" | "abandoned" | "quiet";
      readonly callId: string;
      readonly terminalId: string;
    };

export function encodeLine(message: ToChild | FromChild): string {
  return JSON.stringify(message) + "\n";
}

/** Cuts a byte stream into JSON lines. Both ends are ours and the socket is the user's own, so the shape is trusted. */
export class LineDecoder<Message> {
  #rest = "";

  /** @param chunk decoded text, in order */
  push(chunk: string): Message[] {
    const lines = (this.#rest + chunk).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.map((line) => JSON.parse(line) as Message);
  }
}
