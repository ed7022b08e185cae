/**
 * A device is added from one terminal to another by a code (docs/protocol.md, "Adding a device elsewhere"). Both devices sign the same
 * statement; what is needed for it goes over the server, sealed.
 */
import { clockToleranceMs, countsNow, deviceIdOf, mostDevices } from "@signet/device";
import type { Person as FoldedPerson } from "@signet/device";
import {
  DeviceId,
  DeviceKind,
  SignetError,
  decodeTranscript,
  equalBytes,
  hasFeature,
  pairingCode,
  pairingCodeBytes,
  pairingMs,
  pairingUrl,
  readPairingCode,
} from "@signet/protocol";
import type { ServerEvent, Transcript } from "@signet/protocol";

import type { Environment } from "../../environment.ts";
import type { AddedHere, ElsewhereInput, HereInput } from "../../terminal-api.ts";
import type { AskedDevice, BroughtDevice } from "../own-statement.ts";
import type { Session } from "../session.ts";
import { pairingKeys } from "./pairing-keys.ts";
import { PairingLine } from "./pairing-line.ts";
import type { PairingEvent } from "./pairing-line.ts";
import type { Side } from "./sealed-words.ts";

export class Elsewhere {
  readonly #session: Session;
  readonly #environment: Environment;
  #line: PairingLine | undefined;

  constructor(session: Session, environment: Environment) {
    this.#session = session;
    this.#environment = environment;
  }

  hear(event: PairingEvent): void {
    this.#line?.hear(event);
  }

  disconnected(): void {
    this.#line?.fail("connection.lost");
  }

  /** At the terminal that is signed in: shows a code, and adds the device of whoever enters it, once the person wants that. */
  async add(input: ElsewhereInput): Promise<DeviceId> {
    const session = this.#session;
    session.requireSignedIn();
    const { person } = session.requirePerson().known;
    if (person.devices.filter(countsNow).length >= mostDevices)
      throw new SignetError("history.tooManyDevices");
    const code = pairingCode(this.#environment.randomBytes(pairingCodeBytes));
    return this.paired("old", code, input.signal, async (line, pairingId) => {
      await session.link.request("pairing.open", { pairingId });
      const url = pairingUrl(session.server.serverOrigin, code);
      input.onStep?.({ type: "code", code, url, expiresAtMs: this.#environment.nowMs() + pairingMs });
      await line.entered();
      input.onStep?.({ type: "entered" });
      await line.say(offerOf(session.requirePerson().known.person));
      const { name } = await line.next("ready");
      input.onStep?.({ type: "named", name });
      const bring = (asked: AskedDevice) => this.#bring(line, name, asked, input);
      const onTouch = (): void => input.onStep?.({ type: "touch" });
      const changed = await session.changeHistory({ type: "addDevice", name, bring, onTouch }, input.signal);
      // The device is the person's, whether the other terminal still hears of it or not.
      await line.say({ type: "added" }).catch(() => undefined);
      return changed.devices.at(-1)?.deviceId as DeviceId;
    });
  }

  /** At the other machine, where nobody is signed in: makes the device and signs with it that it is that person's. */
  async addHere(input: HereInput): Promise<AddedHere> {
    const session = this.#session;
    if (session.person !== undefined) throw new SignetError("auth.alreadySignedIn");
    const code = readPairingCode(input.code);
    if (code === undefined) throw new SignetError("pairing.badCode");
    return this.paired("new", code, input.signal, async (line, pairingId) => {
      await session.link.request("pairing.enter", { pairingId });
      const { credentialIds, displayName, userId } = await line.next("offer");
      const name = await line.whileOpen(input.name({ userId, displayName }));
      await line.say({ type: "ready", name });
      const { type: _, ...begun } = await line.next("begin");
      const { serverOrigin } = session.server;
      const { device, webauthn } = await this.#environment.devices.create({
        serverOrigin,
        userId,
        displayName,
        challenge: begun.serverChallenge,
        signal: input.signal,
        beside: credentialIds.map((credentialId) => ({ credentialId })),
        onTouch: () => input.onStep?.("make"),
      });
      const { algorithm, deviceId, kind, publicKey } = device;
      input.onStep?.("new");
      const transcript: Transcript<"add-device"> = {
        purpose: "add-device",
        serverOrigin,
        userId,
        ...begun,
        issuedAtMs: this.#environment.nowMs(),
        newDeviceId: deviceId,
        newDevicePublicKey: publicKey,
        newDeviceAlgorithm: algorithm,
        newDeviceKind: kind,
        newDeviceName: name,
      };
      const proof = await device.sign(transcript, input.signal === undefined ? {} : { signal: input.signal });
      const creation = webauthn && {
        attestationObject: webauthn.attestationObject,
        clientDataJson: webauthn.clientDataJson,
        credentialId: webauthn.credentialId,
      };
      await line.say({ type: "signed", proof, ...(creation === undefined ? {} : { webauthn: creation }) });
      input.onStep?.("wait");
      await line.next("added");
      return { userId, deviceId };
    });
  }

  /** What the other terminal signed has to be what was asked for; then the person here decides. */
  async #bring(
    line: PairingLine,
    name: string,
    { fields, person }: AskedDevice,
    { approve }: ElsewhereInput,
  ): Promise<BroughtDevice> {
    const { issuedAtMs: _now, serverOrigin, userId, ...rest } = fields();
    const asked = { ...rest, deviceId: DeviceId.parse(rest.deviceId) };
    await line.say({ type: "begin", ...asked });
    const { proof, webauthn } = await line.next("signed");
    const transcript = decodeTranscript(proof.transcript);
    if (transcript?.purpose !== "add-device") throw new SignetError("pairing.broken");
    const kind = DeviceKind.safeParse(transcript.newDeviceKind);
    const deviceId = await deviceIdOf(transcript.newDevicePublicKey);
    const isAsked =
      transcript.serverOrigin === serverOrigin &&
      transcript.userId === userId &&
      transcript.deviceId === asked.deviceId &&
      transcript.sequence === asked.sequence &&
      equalBytes(transcript.previous, asked.previous) &&
      equalBytes(transcript.serverChallenge, asked.serverChallenge) &&
      transcript.newDeviceId === deviceId &&
      transcript.newDeviceName === name;
    if (!isAsked || !kind.success) throw new SignetError("pairing.broken");
    if (person.devices.some((device) => device.deviceId === deviceId))
      throw new SignetError("history.deviceTaken");
    // Before a touch is spent on what the server refuses.
    if (Math.abs(transcript.issuedAtMs - this.#environment.nowMs()) > clockToleranceMs)
      throw new SignetError("proof.time");
    if (!(await line.whileOpen(approve({ deviceId, kind: kind.data, name }))))
      throw new SignetError("pairing.refused");
    return { transcript, own: proof, creation: webauthn === undefined ? {} : { webauthn } };
  }

  /** What two terminals say to each other that a code brought together. @throws SignetError `server.tooOld`, `pairing.*`, and what `talk` throws */
  async paired<T>(
    side: Side,
    code: string,
    signal: AbortSignal | undefined,
    talk: (line: PairingLine, pairingId: PairingLine["pairingId"]) => Promise<T>,
  ): Promise<T> {
    const { link, server } = this.#session;
    if (!hasFeature(server.features, "pairing")) throw new SignetError("server.tooOld");
    const keys = await pairingKeys(server.serverOrigin, code);
    const line = new PairingLine({ ...this.#environment, link, keys, side, signal });
    // One at a time: who begins anew has given up the one before.
    void this.#line?.close("failed");
    this.#line = line;
    try {
      const result = await talk(line, keys.pairingId);
      await line.close();
      return result;
    } catch (error) {
      const isRefused = error instanceof SignetError && error.code === "pairing.refused";
      await line.close(isRefused && side === "old" ? "refused" : "failed");
      throw error;
    } finally {
      if (this.#line === line) this.#line = undefined;
    }
  }
}

export const isOfPairing = (event: ServerEvent): event is PairingEvent => event.type.startsWith("pairing.");

function offerOf({ devices, displayName, userId }: FoldedPerson) {
  const credentialIds = devices.filter(countsNow).flatMap(({ credentialId }) => credentialId ?? []);
  return { type: "offer", userId, displayName, credentialIds } as const;
}
