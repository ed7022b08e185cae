/** Voice messages that the person at this terminal leaves for others: sealed to mailboxes that were verified, and signed by the terminal key. */
import { messageDigests, sha256 } from "@signet/device";
import { sealMessage } from "@signet/e2ee";
import { codeOf, hasFeature, isConnectionCode, SignetError } from "@signet/protocol";
import type { Bytes, CallId, CallInviteIn, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import type { Session } from "../session/session.ts";
import type { CallView } from "../state.ts";
import { verifyMailboxes } from "./mailboxes.ts";
import type { VerifiedMailbox } from "./mailboxes.ts";
import type { MessagesApi, NotLeft } from "./messages-api.ts";
import { messageMs } from "./sound/message-sound.ts";
import { unanswered } from "./unanswered.ts";

/** A call that ended here, after which one may be left. */
interface EndedCall {
  readonly userId: UserId;
  readonly callId: CallId;
  readonly proof: CallInviteIn["proof"];
  readonly mayBeLeft: readonly UserId[];
  /** For whom one was left: the server takes no second one. */
  readonly left: Set<UserId>;
}
interface Said {
  readonly callerId: UserId;
  readonly callId: CallId;
  readonly callProofDigest: Bytes;
  readonly sound: Bytes;
  readonly lengthMs: number;
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
    this.#ended = [
      ...others,
      { userId, callId, proof, mayBeLeft: unanswered(view), left: new Set<UserId>() },
    ].slice(-mostEnded);
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
    const notLeft: NotLeft[] = [];
    for (const userId of userIds.filter((one) => !ended.left.has(one))) {
      const asked = notLeft.find(({ code }) => code === "protocol.askedTooMuch" || isConnectionCode(code));
      // Each one more would be refused as well.
      if (asked !== undefined) notLeft.push({ userId, code: asked.code });
      else
        try {
          await this.#leaveFor(userId, { callerId, callId, callProofDigest, sound, lengthMs });
          ended.left.add(userId);
        } catch (error) {
          notLeft.push({ userId, code: codeOf(error) });
        }
    }
    const [first] = notLeft;
    if (first !== undefined && notLeft.length === userIds.length) throw new SignetError(first.code);
    return notLeft;
  };

  async #leaveFor(
    toUserId: UserId,
    { callerId, callId, callProofDigest, sound, lengthMs }: Said,
  ): Promise<void> {
    const { mailboxes } = await this.#mailboxesOf(toUserId);
    const { serverOrigin } = this.#session.server;
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
    await this.#session.link.request("message.leave", {
      callId,
      userId: toUserId,
      proof,
      keys: [...keys],
      sealed,
    });
  }

  async #mailboxesOf(
    userId: UserId,
  ): Promise<{ readonly keptMs: number; readonly mailboxes: readonly VerifiedMailbox[] }> {
    const { link, server } = this.#session;
    this.#session.requireSignedIn();
    if (!hasFeature(server.features, "messages")) throw new SignetError("message.off");
    // A device may have been revoked since the person was called.
    const newest = await this.#directory.verify(await this.#directory.lookUp(userId));
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
