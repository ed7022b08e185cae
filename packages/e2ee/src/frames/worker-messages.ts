import type { Bytes } from "@signet/protocol";
import type { SignedWord } from "./carried-word.ts";
import type { FrameEpoch } from "./epoch-keys.ts";
import type { OpenDropReason, ReachedFrame } from "./frame-decryptor.ts";
import type { GateDropReason } from "./playout-gate.ts";
import type { ProofNews } from "./proven-speakers.ts";
import type { SpokenWord } from "./spoken-word.ts";

/** Given to `new RTCRtpScriptTransform(worker, options)`; tells the worker what the frames of this transform are. */
export type TransformOptions =
  | { readonly side: "send"; readonly connection: number }
  | { readonly side: "receive"; readonly connection: number; readonly slot: number };

/** What the worker has done since it started; only frames with a payload count. */
export interface FrameCounters {
  /** That came in on the connection asked for: `ReceiveStream.authentic`. */
  readonly framesAuthentic: number;
  readonly framesEncrypted: number;
  /** Payload bytes after encryption. */
  readonly bytesEncrypted: number;
  readonly framesDecrypted: number;
  /** Frames that waited for their epoch's key, whatever became of them. */
  readonly framesHeld: number;
  readonly framesDropped: Readonly<Partial<Record<FrameDropReason, number>>>;
}

/** `noKey`: nothing to encrypt with yet, so nothing was sent. */
export type FrameDropReason = OpenDropReason | GateDropReason | "noKey";

/** Whose key opened the frames that come in a slot. */
export interface SlotSpeaker {
  readonly connection: number;
  /** Index of the receiving transceiver in its connection. */
  readonly slot: number;
  /** undefined when no frame came for a while */
  readonly leaf: number | undefined;
  readonly epoch: bigint | undefined;
}

export type ToFrameWorker =
  /** First message. `context` makes the KIDs of this worker its own. */
  | { readonly type: "start"; readonly context: number }
  /** `reached`: what a worker before this one opened. */
  | ({ readonly type: "epoch"; readonly reached?: readonly ReachedFrame[] } & FrameEpoch)
  /** Nothing is sealed any more; answered with how far was counted. */
  | { readonly type: "finish" }
  /** A frame by which another terminal said how far it counted. */
  | { readonly type: "hearEnd"; readonly frame: Bytes }
  /** Nothing is sealed any more, and nobody takes this terminal's place; answered when all words are out. */
  | { readonly type: "stop" }
  /** What somebody signed of what they sealed. */
  | { readonly type: "hearWord"; readonly word: Bytes }
  /** What is to go with the sound. */
  | ({ readonly type: "carry" } & SignedWord)
  | { readonly type: "signalling"; readonly isConnected: boolean }
  /** All has come that the server had said when the worker asked with this number. */
  | { readonly type: "answered"; readonly number: number }
  /** The page closed that connection: its jitter buffers play nothing any more. */
  | { readonly type: "closed"; readonly connection: number }
  /** Asks for the counters; `connection` says whose encrypted frames are wanted. */
  | { readonly type: "count"; readonly request: number; readonly connection: number };

export type FromFrameWorker =
  | { readonly type: "ready" }
  | ({ readonly type: "speaker" } & SlotSpeaker)
  /** Comes before the frames that it is about are passed on. */
  | ({ readonly type: "reached" } & ReachedFrame)
  /** To be signed, and told to the others. */
  | { readonly type: "spoke"; readonly word: SpokenWord }
  | { readonly type: "stopped" }
  | ({ readonly type: "proof" } & ProofNews)
  /** Whether all has come that the server said so far. */
  | { readonly type: "ask"; readonly number: number }
  /** `frame`: of `FrameEncryptor.finish`. */
  | { readonly type: "finished"; readonly frame?: Bytes }
  | { readonly type: "counted"; readonly request: number; readonly counters: FrameCounters }
  /** The transform broke and passes nothing any more. */
  | { readonly type: "failed"; readonly what: string };
