/** What a terminal knows of its connection and its session, and what goes into and comes out of their machine (sign-in.ts). */
import type { ErrorCode } from "../errors.ts";
import type { UserId } from "../ids.ts";
import type { BindingEndReason } from "../messages/parts.ts";
import type { ServerInfo } from "../messages/requests.ts";
import type { Step } from "./step.ts";

/** Durations in milliseconds. */
export interface SignInTimes {
  /** Wait before the first attempt to reconnect; it doubles with each failure. */
  readonly retryMs: number;
  readonly retryMostMs: number;
  /** The most where somebody is in a call and the server is not reached at all. */
  readonly retryInCallMs: number;
  readonly pingMs: number;
  /** Without the expected answer for this long, the connection counts as lost. */
  readonly answerMs: number;
}

export const defaultSignInTimes: SignInTimes = {
  retryMs: 250,
  retryMostMs: 10_000,
  // With what a connection takes, a server that is back is reached within a second. What it costs where nobody answers is a packet.
  retryInCallMs: 750,
  pingMs: 15_000,
  answerMs: 10_000,
};

export type SignInPhase =
  | "stopped"
  | "offline"
  | "connecting"
  | "greeting"
  | "signedOut"
  | "resuming"
  | "signedIn";

export interface SignInBinding {
  readonly userId: UserId;
  /** By the server's clock. */
  readonly expiresAtMs: number;
}

/**
 * Why the last binding is over: the server's word (or the expiry), the device that was taken away here, or the code with which
 * the server refused to resume it.
 */
export type SignedOutBy =
  | { readonly type: "ended"; readonly reason: BindingEndReason }
  | { readonly type: "deviceRemoved" }
  | { readonly type: "refused"; readonly code: ErrorCode };

export interface SignInState {
  readonly phase: SignInPhase;
  readonly times: SignInTimes;
  /** Number of the latest connection; what comes from an earlier one is stale. */
  readonly connection: number;
  readonly binding?: SignInBinding;
  readonly signedOutBy?: SignedOutBy;
  /** What the server said of itself at the latest hello. */
  readonly server?: ServerInfo;
  /** Server clock minus own clock at the latest hello: by it the expiry of the binding is met. */
  readonly clockOffsetMs: number;
  /**
   * The same by the latest answer that came at once, of hello or ping, to about a second. Nothing holds or ends by it: it is for who has to be
   * told that a clock is off, as one may be set, or drift, while the connection stands.
   */
  readonly serverClockOffMs: number;
  /** Attempts that failed in a row. */
  readonly failures: number;
  /** Somebody is in a call here: they are cut off from it while the server is not reached. */
  readonly inCall: boolean;
  /** While offline. */
  readonly offline?: { readonly retryAtMs: number; readonly code: ErrorCode };
  /** By when the answer that is awaited has to be here (connection, hello, resume or ping). */
  readonly answerByMs?: number;
  /** While online and no ping is on its way. */
  readonly pingAtMs?: number;
}

/** From the connection of that number, as given by the `connect` effect. */
interface FromConnection {
  readonly connection: number;
}

export type SignInInput =
  | (FromConnection & { readonly type: "opened" })
  /** `code`: what the close code said; `connection.lost` when it said nothing. */
  | (FromConnection & { readonly type: "closed"; readonly code: ErrorCode })
  | (FromConnection & { readonly type: "helloReply"; readonly server: ServerInfo })
  | (FromConnection & { readonly type: "helloRefused"; readonly code: ErrorCode })
  | (FromConnection & { readonly type: "resumeReply"; readonly binding: SignInBinding })
  | (FromConnection & { readonly type: "resumeRefused"; readonly code: ErrorCode })
  | (FromConnection & { readonly type: "pong"; readonly serverTimeMs: number })
  /** A registration or sign-in was accepted. */
  | (FromConnection & { readonly type: "signedIn"; readonly binding: SignInBinding })
  /** The `binding.ended` event. */
  | (FromConnection & { readonly type: "bindingEnded"; readonly reason: BindingEndReason })
  /** The person's own release was accepted, or needs no answer because the key is dropped anyway. */
  | { readonly type: "released" }
  /** The signature device is gone: signed out here at once, whether the server can be told or not. */
  | { readonly type: "deviceRemoved" }
  | { readonly type: "retryNow" }
  /** Somebody who waited for an answer did not get it in time, or knows that the network is another one: no use in waiting as long as a ping may. */
  | { readonly type: "connectAnew" }
  /** Whether somebody is in a call here. */
  | { readonly type: "call"; readonly goesOn: boolean }
  | { readonly type: "stop" }
  | { readonly type: "tick" };

export type SignInEffect =
  | { readonly type: "connect"; readonly connection: number }
  /** Close the connection; nothing more is expected from it. */
  | { readonly type: "disconnect"; readonly connection: number }
  | { readonly type: "sendHello"; readonly connection: number }
  /** Ask for a challenge, sign it with the terminal key, send `session.resume`. A failure of either is `resumeRefused`. */
  | { readonly type: "sendResume"; readonly connection: number; readonly userId: UserId }
  | { readonly type: "sendPing"; readonly connection: number }
  /** Step with `tick` at this time; replaces the one before. A tick too many does no harm. */
  | { readonly type: "wakeAt"; readonly atMs: number }
  /** Phase, binding, server, its clock or retry time changed: show it. */
  | { readonly type: "changed" };

export type SignInStep = Step<SignInState, SignInEffect>;
