/**
 * Voice messages for whoever is signed in: this terminal's place is said to the server, what lies there for them is taken, verified as the caller's, and
 * kept here as it was sealed.
 */
import { clockToleranceMs } from "@signet/device";
import { openMessage } from "@signet/e2ee";
import type { DocumentOwner, MessageScope, SealedMessage } from "@signet/e2ee";
import {
  codeOf,
  fromBase64Url,
  hasFeature,
  isGuestId,
  SerialQueue,
  SignetError,
  toBase64Url,
} from "@signet/protocol";
import type { CallInviteIn, ErrorCode, MessageIn, ReplyBody, UserId } from "@signet/protocol";

import { endorse } from "../document/endorsed-key.ts";
import type { Environment } from "../environment.ts";
import { verifyInvitation } from "../incoming/invitation.ts";
import { saysNothing } from "../incoming/missed-calls.ts";
import type { Directory } from "../people/directory.ts";
import type { Session } from "../session/session.ts";
import type { CallView } from "../state.ts";
import { asKeptMessages, isHere, messageFloorMs, withMessage } from "./kept-messages.ts";
import type { KeptMessage } from "./kept-messages.ts";
import { Leaving } from "./leaving.ts";
import { asSound } from "./message-place.ts";
import type { MessagePlace } from "./message-place.ts";
import type { MessagesApi, VoiceMessage } from "./messages-api.ts";
import { messageMs } from "./sound/message-sound.ts";
import { verifyMessage } from "./verify-message.ts";

interface MessageShell {
  readonly session: Session;
  readonly directory: Directory;
  readonly environment: Environment;
  readonly onChange: () => void;
  /** Of a message that is the caller's: it cannot be played, or they revoked since the device that signed it. */
  readonly onFault: (code: ErrorCode, userId: UserId) => void;
  /** Of one after a call whose caller revoked the device since. */
  readonly onRevokedCall: (call: CallInviteIn, ownUserId: UserId) => Promise<void>;
}

interface Taken {
  readonly kept: KeptMessage;
  /** Absent where it was sealed to other places only. */
  readonly sound?: SealedMessage;
}

type Listed = ReplyBody<"message.list">["messages"][number];

export class MessagePart implements MessagesApi {
  readonly earsOf: MessagesApi["earsOf"];
  readonly leave: MessagesApi["leave"];
  readonly #shell: MessageShell;
  readonly #leaving: Leaving;
  readonly #place: MessagePlace | undefined;
  readonly #asking = new SerialQueue();
  #waiting: Promise<void> | undefined;
  /** As it was read or written last. */
  #known: { readonly userId: UserId; readonly kept: readonly KeptMessage[] } | undefined;
  /** The binding under which the place was said. */
  #saidBy: unknown;

  constructor(shell: MessageShell) {
    this.#shell = shell;
    this.#place = shell.environment.messagePlace;
    this.#leaving = new Leaving(shell.session, shell.directory);
    this.earsOf = this.#leaving.earsOf;
    this.leave = this.#leaving.leave;
  }

  /** Of the person who is signed in, oldest first. */
  get views(): readonly VoiceMessage[] {
    const userId = this.#shell.session.person?.userId;
    if (userId === undefined || this.#known?.userId !== userId) return [];
    return this.#known.kept.filter(isHere).map(shown);
  }

  callEnded(userId: UserId, view: CallView, wayBack: CallInviteIn): void {
    this.#leaving.callEnded(userId, view, wayBack);
  }

  /** To be called when somebody signed in, and when there is more that could hold. Never rejects. */
  async ask(): Promise<void> {
    this.#waiting ??= this.#asking.run(async () => {
      this.#waiting = undefined;
      try {
        await this.#askAll();
      } catch {
        // No connection any more, or nothing can be kept here: the server still has them.
      }
    });
    await this.#waiting;
  }

  sound: MessagesApi["sound"] = async (id) => {
    const { kept, owner, place } = this.#mine(id);
    if (kept.lengthMs === undefined) throw new SignetError("message.notHere");
    const sealed = asSound(await place.readSound(owner, id));
    if (sealed === undefined) throw new SignetError("message.gone");
    const sound = await openMessage(scopeOf(kept, owner), sealed, await place.keyPair(), messageMs);
    // What was opened by this key once is opened by it again.
    if (sound === undefined) throw new SignetError("message.gone");
    return sound;
  };

  heard: MessagesApi["heard"] = async (id) => {
    const { kept } = this.#mine(id);
    if (!kept.isHeard) await this.#change(id, (one) => ({ ...one, isHeard: true }));
  };

  delete: MessagesApi["delete"] = async (id) => {
    const { kept, owner, place } = this.#mine(id);
    await this.#change(id, (one) => ({ ...one, isGone: true }));
    await place.deleteSound(owner, id).catch(() => undefined);
    // Where the server does not hear it now, its next list has it still, and it is said again.
    await this.#tell([kept.position], []).catch(() => undefined);
  };

  async #askAll(): Promise<void> {
    const { onChange, session } = this.#shell;
    const place = this.#place;
    const { person } = session;
    if (person === undefined || isGuestId(person.userId) || place === undefined) return;
    const owner = this.#ownerOf(person.userId);
    this.#known = { userId: owner.userId, kept: asKeptMessages(await place.read(owner)) };
    onChange();
    if (!hasFeature(session.server.features, "messages") || this.#isClockOff) return;
    if (this.#saidBy !== person.binding) {
      const { publicKey } = await place.keyPair();
      const sign = session.signWithTerminalKey.bind(session);
      const { proof } = await endorse(
        { binding: person.binding, sign },
        person.known.person,
        "mailbox",
        publicKey,
      );
      await session.link.request("mailbox.put", { proof });
      this.#saidBy = person.binding;
    }
    const { keptMs, messages } = await session.link.request("message.list", {});
    for (const listed of messages) {
      if (session.person?.binding !== person.binding) return;
      await this.#take(listed, owner, place, keptMs);
    }
  }

  async #take(listed: Listed, owner: DocumentOwner, place: MessagePlace, keptMs: number): Promise<void> {
    const { position, callId } = listed;
    const held = this.#known?.kept.find((one) => one.position === position && one.call.callId === callId);
    // Deleted here, and the server did not hear of it.
    if (held?.isGone === true) return this.#tell([position], []);
    if (held !== undefined) return;
    const { message } = await this.#shell.session.link.request("message.get", { position });
    if (message === undefined) return;
    const found = await this.#judge(message, position, owner, place, keptMs);
    if (found === "open") return;
    if (found === "known") return this.#tell([position], []);
    if ("code" in found) return this.#tell([], [{ position, code: found.code }]);
    const { id } = found.kept;
    if (found.sound !== undefined) await place.writeSound(owner, id, found.sound);
    await this.#write(owner, (kept) => withMessage(kept, found.kept, this.#shell.environment.nowMs()), [id]);
  }

  /** By a clock that is wrong here each would be refused, and lost. */
  get #isClockOff(): boolean {
    return Math.abs(this.#shell.session.state?.serverClockOffMs ?? 0) > clockToleranceMs;
  }

  async #judge(
    message: MessageIn,
    position: number,
    owner: DocumentOwner,
    place: MessagePlace,
    keptMs: number,
  ): Promise<Taken | "known" | "open" | { readonly code: ErrorCode }> {
    const { directory, environment, onFault, onRevokedCall, session } = this.#shell;
    const nowMs = environment.nowMs();
    const asMissed = { session, directory, nowMs, ringing: false, expiresAtMs: 0 };
    const invitation = await verifyInvitation(message.call, asMissed);
    if (typeof invitation === "string") {
      if (saysNothing(invitation)) return "open";
      if (invitation === "history.deviceRevoked") await onRevokedCall(message.call, owner.userId);
      return { code: invitation };
    }
    const { callProofDigest, view } = invitation;
    const { callId, from, startedBy } = view;
    const atMs = from.verification.signedAtMs;
    if (atMs < nowMs - keptMs - clockToleranceMs) return { code: "proof.time" };
    const { userId: ownUserId, serverOrigin } = owner;
    const verified = await verifyMessage(message, invitation, { directory, nowMs, ownUserId, serverOrigin });
    if ("code" in verified) {
      if (verified.code === "history.deviceRevoked") onFault("missed.revokedDevice", from.userId);
      return verified;
    }
    const { id, leftAtMs, scope } = verified;
    const known = this.#known?.kept ?? [];
    const same = known.find((one) => one.id === id);
    // What made room here is no reason to take it from the person's other terminals; nor what was forgotten.
    if (same !== undefined) return same.madeRoom === true ? "open" : "known";
    if (atMs <= messageFloorMs(known, from.userId)) return "open";
    const call = { callId, atMs, from, ...(startedBy === undefined ? {} : { startedBy }) };
    const kept: KeptMessage = {
      id,
      position,
      call,
      callProofDigest: toBase64Url(callProofDigest),
      leftAtMs,
      isHeard: false,
      isGone: false,
    };
    const { keys, sealed } = message;
    try {
      const sound = await openMessage(scope, { keys, sealed }, await place.keyPair(), messageMs);
      return sound === undefined
        ? { kept }
        : { kept: { ...kept, lengthMs: messageMs(sound) }, sound: { keys, sealed } };
    } catch (error) {
      const code = codeOf(error);
      onFault(code, from.userId);
      return { code };
    }
  }

  async #tell(
    positions: readonly number[],
    refused: readonly { readonly position: number; readonly code: ErrorCode }[],
  ): Promise<void> {
    await this.#shell.session.link.request("message.delete", {
      positions: [...positions],
      refused: [...refused],
    });
  }

  /** @throws SignetError `message.gone` where it is not among those of the person */
  #mine(id: string) {
    const { person } = this.#shell.session;
    const kept = this.#known?.kept.find((one) => one.id === id && isHere(one));
    if (
      kept === undefined ||
      person === undefined ||
      person.userId !== this.#known?.userId ||
      this.#place === undefined
    )
      throw new SignetError("message.gone");
    return { kept, owner: this.#ownerOf(person.userId), place: this.#place };
  }

  async #change(id: string, change: (one: KeptMessage) => KeptMessage): Promise<void> {
    const { owner } = this.#mine(id);
    await this.#write(owner, (kept) => kept.map((one) => (one.id === id ? change(one) : one)));
  }

  /** @param sounds that were written before */
  async #write(
    owner: DocumentOwner,
    change: (kept: readonly KeptMessage[]) => readonly KeptMessage[],
    sounds: readonly string[] = [],
  ): Promise<void> {
    const place = this.#place;
    if (place === undefined) return;
    let written: readonly KeptMessage[] = [];
    let before: readonly KeptMessage[] = [];
    await place.change(owner, (held) => {
      before = asKeptMessages(held);
      written = change(before);
      return written;
    });
    // What is not here has no sound here either.
    const here = new Set(written.filter(isHere).map(({ id }) => id));
    const held = [...before.filter(isHere).map(({ id }) => id), ...sounds];
    for (const id of held) if (!here.has(id)) await place.deleteSound(owner, id).catch(() => undefined);
    this.#known = { userId: owner.userId, kept: written };
    this.#shell.onChange();
  }

  #ownerOf(userId: UserId): DocumentOwner & { readonly userId: UserId } {
    return { serverOrigin: this.#shell.session.server.serverOrigin, userId };
  }
}

const shown = ({ call, id, isHeard, leftAtMs, lengthMs }: KeptMessage): VoiceMessage => ({
  id,
  call,
  leftAtMs,
  isHeard,
  ...(lengthMs === undefined ? {} : { lengthMs }),
});

function scopeOf(
  { call, callProofDigest }: KeptMessage,
  { serverOrigin, userId }: DocumentOwner,
): MessageScope {
  const digest = fromBase64Url(callProofDigest);
  if (digest === undefined) throw new SignetError("message.gone");
  const { callId, from } = call;
  return { serverOrigin, callerId: from.userId, toUserId: userId, callId, callProofDigest: digest };
}
