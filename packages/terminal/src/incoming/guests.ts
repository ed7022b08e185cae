/**
 * A guest comes into a call (docs/protocol.md, "Guests"). Link and code make the sealed line on which the guest's key, made for this call, goes to the
 * one terminal that vouches for it: no server can put another one in its place.
 */
import { guestIdOfKey } from "@signet/device";
import {
  SignetError,
  guestLink,
  hasFeature,
  isGuestName,
  pairingCode,
  pairingCodeBytes,
  pairingMs,
  readPairingCode,
  toBase64Url,
} from "@signet/protocol";
import type { CallId, UserId } from "@signet/protocol";

import type { ListActs } from "../call/list-acts.ts";
import type { Environment } from "../environment.ts";
import type { Invitation } from "./invitation.ts";
import type { EnterInput, GuestsApi, InviteGuestInput } from "../session/guests-api.ts";
import type { Elsewhere } from "../session/pairing/elsewhere.ts";
import type { Session } from "../session/session.ts";

interface Calls {
  readonly calls: { readonly ongoing: { readonly acts: ListActs } };
  readonly incoming: { readonly rings: readonly Invitation[] };
  readonly answering: { answer(callId: CallId, signal: AbortSignal | undefined): Promise<void> };
}

/** Somebody who waits at the door. */
interface Awaited {
  readonly callId: CallId;
  readonly resolve: (ring: Invitation) => void;
  readonly reject: (error: SignetError) => void;
}

export class GuestsPart implements GuestsApi {
  readonly #session: Session;
  readonly #elsewhere: Elsewhere;
  readonly #environment: Environment;
  readonly #calls: Calls;
  #awaited: Awaited | undefined;

  constructor(session: Session, elsewhere: Elsewhere, environment: Environment, calls: Calls) {
    this.#session = session;
    this.#elsewhere = elsewhere;
    this.#environment = environment;
    this.#calls = calls;
  }

  async invite({ approve, onStep, signal }: InviteGuestInput): Promise<UserId> {
    const [session, environment] = [this.#session, this.#environment];
    session.requireSignedIn();
    if (!hasFeature(session.server.features, "guests")) throw new SignetError("guest.notOffered");
    const { acts } = this.#calls.calls.ongoing;
    const { callId } = acts;
    const code = pairingCode(environment.randomBytes(pairingCodeBytes));
    return this.#elsewhere.paired("old", code, signal, async (line, pairingId) => {
      await session.link.request("guest.open", { callId, pairingId });
      const { spoken, url } = guestLink(session.server.serverOrigin, code);
      onStep?.({ type: "code", code: spoken, url, expiresAtMs: environment.nowMs() + pairingMs });
      await line.entered();
      onStep?.({ type: "entered" });
      const { known, userId, deviceId } = session.requirePerson();
      const { displayName } = known.person;
      await line.say({ type: "guestOffer", callId, userId, displayName, deviceId });
      const { guestKey: key, guestName: name } = await line.next("guestAsks");
      if (!isGuestName(name)) throw new SignetError("guest.badName");
      onStep?.({ type: "named", name });
      if (!(await line.whileOpen(approve({ name })))) throw new SignetError("pairing.refused");
      onStep?.({ type: "touch" });
      const vouch = await line.whileOpen(acts.vouch({ key, name }, signal));
      onStep?.({ type: "vouched" });
      await line.say({ type: "guestVouched", vouch });
      await line.next("guestThere");
      const guestId = await guestIdOfKey(key);
      // Who was asked just now is not asked twice.
      if (acts.isHost) await acts.letIn(guestId);
      return guestId;
    });
  }

  letIn: GuestsApi["letIn"] = (guestId) => this.#calls.calls.ongoing.acts.letIn(guestId);

  async enter({ code: typed, name, onStep, signal }: EnterInput): Promise<void> {
    const session = this.#session;
    if (session.person !== undefined) throw new SignetError("auth.alreadySignedIn");
    const code = readPairingCode(typed);
    if (code === undefined) throw new SignetError("pairing.badCode");
    if (!isGuestName(name)) throw new SignetError("guest.badName");
    try {
      await this.#comeIn(code, name, onStep, signal);
    } catch (error) {
      // The key is of no more use: whoever asks again needs another link, and is nobody here until then.
      if (session.person !== undefined) await session.release().catch(() => undefined);
      throw error;
    }
  }

  async #comeIn(
    code: string,
    name: string,
    onStep: EnterInput["onStep"],
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const [session, environment] = [this.#session, this.#environment];
    const { by, vouch } = await this.#elsewhere.paired("new", code, signal, async (line, pairingId) => {
      await session.link.request("pairing.enter", { pairingId });
      const { type: _, ...offer } = await line.next("guestOffer");
      onStep?.({ type: "offer", by: offer });
      const { serverOrigin } = session.server;
      const challenge = environment.randomBytes(32);
      const ofKey = { serverOrigin, userId: offer.userId, displayName: name, challenge, signal, anew: true };
      const { publicKey } = (await environment.devices.create(ofKey)).device;
      await line.say({ type: "guestAsks", guestKey: publicKey, guestName: name });
      const { vouch: vouched } = await line.next("guestVouched");
      const userId = await guestIdOfKey(publicKey);
      await session.register({ userId, displayName: name, ...(signal === undefined ? {} : { signal }) });
      await line.say({ type: "guestThere" });
      return { by: offer, vouch: vouched };
    });
    onStep?.({ type: "door", by });
    const { proofDigest, view } = await this.#ring(by.callId, signal);
    // The call of whoever gave the code, by their very word; another one would be the server's choice.
    const { deviceId } = view.from.verification;
    const isTheirs = view.from.userId === by.userId && deviceId === by.deviceId;
    if (!isTheirs || proofDigest !== toBase64Url(vouch)) throw new SignetError("guest.word");
    await this.#calls.answering.answer(by.callId, signal);
  }

  /** What rings, or who is signed in, has changed. */
  changed(): void {
    const awaited = this.#awaited;
    if (awaited === undefined) return;
    const ring = this.#calls.incoming.rings.find(({ view }) => view.callId === awaited.callId);
    const isOut = this.#session.person === undefined;
    if (ring === undefined && !isOut) return;
    this.#awaited = undefined;
    if (ring === undefined) awaited.reject(new SignetError("guest.refused"));
    else awaited.resolve(ring);
  }

  /** @throws SignetError `guest.refused` when nobody is signed in here any more; `device.cancelled` */
  #ring(callId: CallId, signal: AbortSignal | undefined): Promise<Invitation> {
    return new Promise((resolve, reject) => {
      const awaited: Awaited = { callId, resolve, reject };
      this.#awaited = awaited;
      const giveUp = (): void => {
        if (this.#awaited === awaited) this.#awaited = undefined;
        reject(new SignetError("device.cancelled"));
      };
      if (signal?.aborted === true) return giveUp();
      signal?.addEventListener("abort", giveUp, { once: true });
      this.changed();
      return undefined;
    });
  }
}
