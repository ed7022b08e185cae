/**
 * Media connections that carry nothing: a terminal learns by one whether its UDP reaches the server, without a call.
 *
 *   media.probe --> open -- media.probeEnd, 10 s, its socket or session ends, the media process died --> over
 */
import { randomBytes } from "node:crypto";

import type { MediaEngine, MediaEvent } from "@signet/media";
import { toBase64Url } from "@signet/protocol";

import type { ServerLimits } from "../limits.ts";
import { PersonShares } from "../person-shares.ts";
import type { Endpoint } from "../registry/endpoint.ts";
import type { Session } from "../registry/sessions.ts";
import { accept, refuse } from "../ws/answer.ts";
import type { AnswerTo } from "../ws/answer.ts";

export interface MediaProbesOptions {
  readonly media: Pick<MediaEngine, "join" | "endCall">;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly limits: Pick<ServerLimits, "probes" | "probesPerMinute" | "probeMs">;
}

interface Probe {
  readonly endpoint: Endpoint;
  readonly session: Session;
  readonly endsAtMs: number;
}

export class MediaProbes {
  readonly #options: MediaProbesOptions;
  /** By the ID that the media engine knows them by: of the form of a call's, and no call. */
  readonly #probes = new Map<string, Probe>();
  readonly #shares: PersonShares;

  constructor(options: MediaProbesOptions) {
    this.#options = options;
    this.#shares = new PersonShares({ perMinute: options.limits.probesPerMinute }, options.clock);
  }

  get size(): number {
    return this.#probes.size;
  }

  /**
   * Opens one for this terminal; it may have one at a time.
   * @throws SignetError of {@link MediaEngine.join}
   */
  async begin(session: Session, endpoint: Endpoint, offerSdp: string): Promise<AnswerTo<"media.probe">> {
    const { clock, limits, media } = this.#options;
    const hasOne = [...this.#probes.values()].some((probe) => probe.session === session);
    if (hasOne || this.#probes.size >= limits.probes || !this.#shares.take(session.stored.userId))
      return refuse("media.tooManyProbes");
    const callId = toBase64Url(randomBytes(16));
    this.#probes.set(callId, { endpoint, session, endsAtMs: clock() + limits.probeMs });
    try {
      const { answerSdp } = await media.join({
        callId,
        terminalId: session.stored.terminalId,
        offerSdp,
      });
      // It may have gone, or have taken too long, while the connection was made.
      if (this.#probes.has(callId)) return accept({ sdp: answerSdp });
      media.endCall(callId);
      return refuse("media.unavailable");
    } catch (error) {
      this.#probes.delete(callId);
      throw error;
    }
  }

  onMediaEvent(event: MediaEvent): void {
    if (event.type === "restarted") for (const callId of event.callIds) this.#probes.delete(callId);
  }

  /** As the media engine knows the one of this terminal. */
  callIdOf(terminalId: string): string | undefined {
    for (const [callId, { session }] of this.#probes)
      if (session.stored.terminalId === terminalId) return callId;
    return undefined;
  }

  /** The terminal has seen enough, or its socket is closed. */
  end(endpoint: Endpoint): void {
    for (const [callId, probe] of this.#probes) if (probe.endpoint === endpoint) this.#end(callId);
  }

  /** To be called about once a second. */
  tick(nowMs: number): void {
    for (const [callId, { endpoint, endsAtMs, session }] of this.#probes)
      if (nowMs >= endsAtMs || session.endpoint !== endpoint) this.#end(callId);
    this.#shares.tick(nowMs);
  }

  #end(callId: string): void {
    if (this.#probes.delete(callId)) this.#options.media.endCall(callId);
  }
}
