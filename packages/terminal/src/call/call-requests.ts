/** What a call's machine sends to the server, whose answers are its inputs; and the media offer, which waits for the first of them. */
import { clockToleranceMs } from "@signet/device";
import type { ProofNews } from "@signet/e2ee";
import { SignetError, decodeTranscript, hasFeature, isConnectionCode, verdictMs } from "@signet/protocol";
import type {
  Bytes,
  CallId,
  CallMemberEffect,
  CallMemberInput,
  ErrorCode,
  Relay,
  ReplyBody,
} from "@signet/protocol";

import type { MediaInput } from "../environment.ts";
import { flowOf } from "../session/media-flow.ts";
import { relaysOf } from "../session/relays.ts";
import { SpokenWords } from "./spoken-words.ts";
import type { CallContext, Credentials, WayIn } from "./call-entry.ts";

export interface CallRequestsOptions {
  readonly context: CallContext;
  readonly callId: CallId;
  readonly credentials: Credentials;
  readonly wayIn: WayIn;
  readonly dispatch: (input: CallMemberInput) => void;
  /** The server took the join; before the machine hears of it. */
  readonly joined: (reply: ReplyBody<"call.join">) => void;
  /** The server took the request or the join; the machine knows it. */
  readonly accepted: () => void;
  /** Whether what is heard of somebody is theirs, by what their terminal signs. */
  readonly proven: (news: ProofNews) => void;
  /** Of the own epoch. */
  readonly digest: () => Promise<Bytes | undefined>;
}

/** Of a share of bytes that was spent there is something again by then. */
const syncAgainMs = 5_000;

type EffectOf<T extends CallMemberEffect["type"]> = Extract<CallMemberEffect, { type: T }>;

export class CallRequests {
  readonly #options: CallRequestsOptions;
  readonly #callId: CallId;
  /** Settled when the server took the request or the join: only then media may connect. */
  readonly #accepted = Promise.withResolvers<void>();

  constructor(options: CallRequestsOptions) {
    this.#options = options;
    this.#callId = options.callId;
    // Nobody waits for media when the call is refused.
    this.#accepted.promise.catch(() => undefined);
  }

  /** The call is over: no media is offered any more. */
  close(): void {
    this.#accepted.reject(new SignetError("call.notFound"));
  }

  request(): void {
    const { credentials, dispatch } = this.#options;
    void this.#link.ask("call.request", { proof: credentials.proof }, (answer) => {
      if (!answer.ok) return this.#startRefused(answer.code);
      dispatch({ type: "requested", members: answer.body.members });
      this.#startAccepted();
    });
  }

  join(): void {
    const { credentials, dispatch, joined, wayIn } = this.#options;
    // Who starts a call has no KeyPackage, and its machine asks for no join.
    if (wayIn.type !== "member") throw new SignetError("mls.failed");
    const { keyPackage } = wayIn.pendingJoin;
    void this.#link.ask("call.join", { proof: credentials.proof, keyPackage }, (answer) => {
      if (!answer.ok) return this.#startRefused(answer.code);
      joined(answer.body);
      dispatch({ type: "joinAccepted", members: answer.body.members });
      this.#startAccepted();
    });
  }

  move(): void {
    const { credentials, dispatch, joined } = this.#options;
    void this.#link.ask("call.move", { proof: credentials.proof }, (answer) => {
      if (!answer.ok) return this.#startRefused(answer.code);
      joined(answer.body);
      dispatch({ type: "joinAccepted", members: answer.body.members });
      this.#startAccepted();
    });
  }

  moveEnd(): void {
    this.#options.context.session.oweMoveEnd(this.#callId);
  }

  /** Heard or not: without it there is a second of silence. */
  lastFrame(frame: Bytes): void {
    if (!hasFeature(this.#options.context.session.server.features, "moves")) return;
    void this.#link.ask("call.lastFrame", { callId: this.#callId, frame }, () => undefined);
  }

  #startAccepted(): void {
    this.#accepted.resolve();
    this.#options.accepted();
  }

  #startRefused(refusal: ErrorCode): void {
    const code = refusal === "proof.time" && this.#waitedTooLong ? "call.waitedTooLong" : refusal;
    // Otherwise it is sent again, and media waits for that.
    if (!isConnectionCode(code)) this.#accepted.reject(new SignetError(code));
    this.#options.dispatch({ type: "startFailed", code });
  }

  /** What the device signed waited for a connection for longer than a server takes it: no clock is wrong. */
  get #waitedTooLong(): boolean {
    const { context, credentials } = this.#options;
    const signed = decodeTranscript(credentials.proof.transcript);
    if (signed === undefined) return false;
    return context.environment.nowMs() - signed.issuedAtMs > clockToleranceMs;
  }

  commit({ made }: EffectOf<"sendCommit">): void {
    void this.#link.ask("call.commit", { callId: this.#callId, ...made }, (answer) =>
      this.#options.dispatch(
        answer.ok
          ? { type: "commitAccepted", commit: made.commit, number: answer.body.number }
          : { type: "commitRefused", commit: made.commit, code: answer.code },
      ),
    );
  }

  sync({ epoch, number }: EffectOf<"sendSync">): void {
    const { context, dispatch } = this.#options;
    void this.#link.ask("call.sync", { callId: this.#callId, epoch, number }, (answer) => {
      if (answer.ok) return dispatch({ type: "synced", reply: answer.body });
      if (answer.code !== "protocol.askedTooMuch") return dispatch({ type: "syncFailed", code: answer.code });
      // A share of bytes is there again after a while; until then it is as if nobody had answered.
      context.environment.after(syncAgainMs, () =>
        dispatch({ type: "syncFailed", code: "connection.timeout" }),
      );
    });
  }

  /** Where it is refused, with what the others can tell from whether it failed for the epoch that it was made of. */
  async judge({ number, code }: EffectOf<"sendVerdict">): Promise<void> {
    const { context, dispatch } = this.#options;
    const digest = code === undefined ? undefined : await this.#options.digest();
    const body = {
      callId: this.#callId,
      number,
      ...(code === undefined ? {} : { code }),
      ...(digest === undefined ? {} : { digest }),
    };
    void this.#link.ask("call.judgeCommit", body, (answer) =>
      dispatch(
        answer.ok
          ? { type: "verdictTaken", number, holds: answer.body.holds }
          : { type: "verdictFailed", number, code: answer.code },
      ),
    );
    if (code === undefined) return;
    context.environment.after(verdictMs, () => dispatch({ type: "verdictOverdue", number }));
  }

  /** The next question follows on the same way; what is lost with a connection is told again with the next. */
  refuseGiver({ giver, code }: EffectOf<"sendGiverRefusal">): void {
    void this.#link.ask("call.refuseGiver", { callId: this.#callId, giver, code }, () => undefined);
  }

  /** What media asks of the server. */
  get forMedia(): Pick<MediaInput, "exchange" | "relays" | "askFlow" | "signalAnew" | "proofs"> {
    const { context, credentials, proven } = this.#options;
    const words = new SpokenWords(context, this.#callId, credentials.membership.leafKey);
    const proofs = words.forMedia(proven);
    return {
      ...(proofs === undefined ? {} : { proofs }),
      exchange: (offerSdp) => this.#offerMedia(offerSdp),
      relays: () => this.#relays(),
      askFlow: () => flowOf(this.#options.context.session, this.#callId),
      signalAnew: () => this.#options.context.session.connectAnew(),
    };
  }

  /** @returns the server's answer to a media offer. @throws SignetError */
  async #offerMedia(offerSdp: string): Promise<string> {
    await this.#accepted.promise;
    const { sdp } = await this.#link.request("media.offer", { callId: this.#callId, sdp: offerSdp });
    // An answer has as many parts as its offer (RFC 3264 section 6): what has more makes work for nothing.
    if (partsOf(sdp) > partsOf(offerSdp)) throw new SignetError("protocol.badMessage");
    return sdp;
  }

  /** For the next media connection. @throws SignetError */
  async #relays(): Promise<readonly Relay[]> {
    await this.#accepted.promise;
    return relaysOf(this.#options.context.session, this.#callId);
  }

  get #link() {
    return this.#options.context.session.link;
  }
}

const partsOf = (sdp: string): number => sdp.match(/^m=/gm)?.length ?? 0;
