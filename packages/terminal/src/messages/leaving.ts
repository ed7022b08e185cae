/** Voice messages that the person at this terminal leaves for others: sealed to mailboxes that were verified, and signed by the terminal key. */
import { messageDigests, sha256 } from "@signet/device";
import { sealMessage } from "@signet/e2ee";
import { hasFeature, SignetError } from "@signet/protocol";
import type { CallId, CallInviteIn, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import type { Session } from "../session/session.ts";
import type { CallView } from "../state.ts";
import { verifyMailboxes } from "./mailboxes.ts";
import type { VerifiedMailbox } from "./mailboxes.ts";
import type { MessagesApi } from "./messages-api.ts";
import { messageMs } from "./sound/message-sound.ts";
import { unanswered } from "./unanswered.ts";

/** A call that ended here, after which one may be left. */
interface EndedCall {
  readonly userId: UserId;
  readonly callId: CallId;
  readonly proof: CallInviteIn["proof"];
  readonly mayBeLeft: readonly UserId[];
}
/** The server takes one for a quarter of an hour: nobody ends more calls in that. */
const mostEnded = 32;

export class Leaving implements Pick<MessagesApi, "earsOf" | "leave"> {
  readonly #session: Session;
  readonly #directory: Directory;
  #ended: readonly EndedCall[] = [];

  constructor(session: Session, directory: Directory) {
    this.#session = session;
    this.#directory = directory;
  }

  /** A call is over here. */
  callEnded(userId: UserId, view: CallView, { proof }: CallInviteIn): void {
    const { callId } = view;
    const others = this.#ended.filter((one) => one.callId !== callId);
    this.#ended = [...others, { userId, callId, proof, mayBeLeft: unanswered(view) }].slice(-mostEnded);
  }

  earsOf: MessagesApi["earsOf"] = async (userId) => {
    const { keptMs, mailboxes } = await this.#mailboxesOf(userId);
    const devices = new Map(mailboxes.map(({ device }) => [device.deviceId, device]));
    return {
      keptMs,
      devices: [...devices.values()].map(({ deviceId, kind, name }) => ({ deviceId, kind, name })),
    };
  };

  leave: MessagesApi["leave"] = async (callId, userIds, sound) => {
    const lengthMs = messageMs(sound);
    const { userId: callerId } = this.#session.requirePerson();
    const ended = this.#ended.find((one) => one.callId === callId && one.userId === callerId);
    if (ended === undefined || !userIds.every((userId) => ended.mayBeLeft.includes(userId)))
      throw new SignetError("message.notUnanswered");
    const callProofDigest = await sha256(ended.proof.transcript);
    const { serverOrigin } = this.#session.server;
    for (const toUserId of userIds) {
      const { mailboxes } = await this.#mailboxesOf(toUserId);
      const scope = { serverOrigin, callerId, toUserId, callId, callProofDigest };
      const { keys, sealed } = await sealMessage(scope, sound, lengthMs, mailboxes);
      const digests = await messageDigests({ keys, sealed });
      const proof = await this.#session.signWithTerminalKey((fields) => ({
        purpose: "message",
        ...fields,
        callId,
        callProofDigest,
        toUserId,
        ...digests,
      }));
      const left = { callId, userId: toUserId, proof, keys: [...keys], sealed };
      await this.#session.link.request("message.leave", left);
    }
  };

  async #mailboxesOf(
    userId: UserId,
  ): Promise<{ readonly keptMs: number; readonly mailboxes: readonly VerifiedMailbox[] }> {
    const { link, server } = this.#session;
    this.#session.requireSignedIn();
    if (!hasFeature(server.features, "messages")) throw new SignetError("message.off");
    // A device may have been revoked since the person was called.
    const newest = await this.#directory.newest(userId);
    if (newest === undefined) throw new SignetError("user.unknown");
    if ("code" in newest) throw new SignetError(newest.code);
    const { keptMs, mailboxes } = await link.request("mailbox.of", { userId });
    if (keptMs === 0) throw new SignetError("message.off");
    const verified = await verifyMailboxes(mailboxes, {
      person: newest.person,
      serverOrigin: server.serverOrigin,
    });
    if (verified.length === 0) throw new SignetError("message.noMailbox");
    return { keptMs, mailboxes: verified };
  }
}
