import { countsNow } from "@signet/device";
import {
  decodeTranscript,
  mostMailboxes,
  mostMailboxesOfDevice,
  mostMessages,
  type Bytes,
  type MailboxIn,
  type MessageIn,
  type ProofIn,
  type UserId,
} from "@signet/protocol";

import type { ServerLimits } from "../limits.ts";
import type { Directory } from "../registry/directory.ts";
import type { LeftMessage } from "../store/message-store.ts";
import type { Store } from "../store/store.ts";
import { initiatorOf } from "./missed-calls.ts";

/** How often what was kept for long enough is looked for (ms). */
const sweepMs = 60_000;

interface VoiceMessagesOptions {
  readonly store: Pick<Store, "messages">;
  readonly directory: Pick<Directory, "personOf">;
  readonly limits: ServerLimits;
  readonly clock: () => number;
}

/** Sound that callers left for whom they did not reach, sealed, until the person deletes it or its time is over. */
export class VoiceMessages {
  readonly #options: VoiceMessagesOptions;
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: VoiceMessagesOptions) {
    this.#options = options;
  }

  /** 0 where none are kept. */
  get keptMs(): number {
    return this.#options.limits.keepMissedMs;
  }

  /** @param key as the proof names it */
  async putMailbox(owner: {
    readonly userId: UserId;
    readonly deviceId: string;
    readonly key: Bytes;
    readonly proof: ProofIn;
    readonly binding: ProofIn;
  }): Promise<void> {
    const bounds = { perDevice: mostMailboxesOfDevice, perPerson: mostMailboxes };
    await this.#options.store.messages.putMailbox({ ...owner, atMs: this.#options.clock() }, bounds);
  }

  /** Of devices that count. */
  async mailboxesOf(userId: UserId, askerId: UserId): Promise<MailboxIn[]> {
    const { directory, store } = this.#options;
    if (this.keptMs === 0) return [];
    const found = await store.messages.mailboxesOf(userId, askerId);
    const devices = (await directory.personOf(userId))?.devices.filter(countsNow) ?? [];
    return found
      .filter(({ deviceId }) => devices.some((device) => device.deviceId === deviceId))
      .map(({ binding, proof }) => ({ binding, proof }));
  }

  /** @returns whether the person gets it */
  leave(message: Omit<LeftMessage, "atMs">): Promise<boolean> {
    const { clock, limits, store } = this.#options;
    const bounds = {
      perPair: limits.messagesPerPair,
      perCaller: limits.messagesPerCaller,
      perPerson: mostMessages,
    };
    const atMs = clock();
    return store.messages.leave({ ...message, atMs }, bounds, atMs - limits.messageOpenMs);
  }

  of(userId: UserId) {
    return this.#options.store.messages.of(userId, this.#sinceMs);
  }

  /** With the call as it was and who made it as they are now. */
  async get(userId: UserId, position: number): Promise<MessageIn | undefined> {
    const { directory, store } = this.#options;
    const found = await store.messages.get(userId, this.#sinceMs, position);
    if (found === undefined) return undefined;
    const { binding, call, callerId, keys, proof, sealed } = found;
    const initiator = (await directory.personOf(initiatorOf(call) ?? callerId))?.history;
    if (initiator === undefined) return undefined;
    return { binding, call: { ...call, initiator }, keys: [...keys], proof, sealed };
  }

  delete(userId: UserId, positions: readonly number[]): Promise<readonly number[]> {
    return this.#options.store.messages.delete(userId, positions);
  }

  async tick(nowMs: number): Promise<void> {
    if (nowMs < this.#sweptAtMs + sweepMs) return;
    this.#sweptAtMs = nowMs;
    const { limits, store } = this.#options;
    await store.messages.deleteBefore(nowMs - this.keptMs, nowMs - limits.messageOpenMs);
  }

  get #sinceMs(): number {
    return this.#options.clock() - this.keptMs;
  }
}

/** What a `document-key` proof says of a place that messages may be sealed to; undefined where it is none. */
export function mailboxKeyIn(proof: ProofIn): Bytes | undefined {
  const said = decodeTranscript(proof.transcript);
  return said?.purpose === "document-key" && said.use === "mailbox" && said.key.length === 32
    ? said.key
    : undefined;
}
