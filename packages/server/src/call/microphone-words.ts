/** What those in calls said last of their microphones: in memory, passed on, and no part of a call's log. */
import {
  decodeTranscript,
  encodeMessage,
  encodeProof,
  isPresent,
  mostMicrophoneBytes,
  presentTerminals,
} from "@signet/protocol";
import type { CallId, CallServerState, SaidMicrophone, TerminalId, UserId } from "@signet/protocol";

import type { Sessions } from "../registry/sessions.ts";
import type { CallsToAsk } from "./running-calls.ts";

interface Kept {
  readonly terminalId: TerminalId;
  readonly said: SaidMicrophone;
}

export class MicrophoneWords {
  readonly #sessions: Pick<Sessions, "endpointAt">;
  readonly #running: Pick<CallsToAsk, "size" | "stateOf">;
  /** Of each person in a call, who spoke longest ago first. */
  readonly #kept = new Map<CallId, Map<UserId, Kept>>();

  constructor(sessions: Pick<Sessions, "endpointAt">, running: Pick<CallsToAsk, "size" | "stateOf">) {
    this.#sessions = sessions;
    this.#running = running;
  }

  /** @param said was verified, and is by a terminal in the group */
  say(state: CallServerState, terminalId: TerminalId, said: SaidMicrophone): void {
    const { callId } = state;
    this.#forget();
    const kept = this.#kept.get(callId) ?? new Map<UserId, Kept>();
    this.#kept.set(callId, kept);
    // Set anew, so that the order is that of the latest words.
    kept.delete(said.userId);
    kept.set(said.userId, { terminalId, said });
    const text = encodeMessage({ type: "call.memberMicrophone", body: { callId, ...said } });
    for (const other of presentTerminals(state, said.userId)) {
      const endpoint = this.#sessions.endpointAt(other);
      if (endpoint?.hasFeature("microphones") === true) endpoint.sendText(text);
    }
  }

  /** Of those who are in the group, but for this person: the latest, as far as they fit. */
  saidBefore(state: CallServerState, exceptId: UserId): SaidMicrophone[] {
    const latest: SaidMicrophone[] = [];
    let bytes = 0;
    for (const { said, terminalId } of [...(this.#kept.get(state.callId)?.values() ?? [])].toReversed()) {
      const { binding, proof, userId } = said;
      if (userId === exceptId || !isPresent(state, { userId, terminalId })) continue;
      bytes += encodeProof(proof).length + encodeProof(binding).length;
      if (bytes > mostMicrophoneBytes) break;
      latest.push(said);
    }
    return latest;
  }

  /** Whether this person, from where they are in the call, said last that they are muted. */
  isMuted(state: CallServerState, userId: UserId): boolean {
    const kept = this.#kept.get(state.callId)?.get(userId);
    if (kept === undefined || !isPresent(state, { userId, terminalId: kept.terminalId })) return false;
    const transcript = decodeTranscript(kept.said.proof.transcript);
    return transcript?.purpose === "microphone" && transcript.state === "muted";
  }

  /** Words of calls that are over. */
  #forget(): void {
    if (this.#kept.size <= this.#running.size) return;
    for (const callId of this.#kept.keys())
      if (this.#running.stateOf(callId) === undefined) this.#kept.delete(callId);
  }
}
