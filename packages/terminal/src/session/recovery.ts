/**
 * Who lost all their devices asks the administrators with a new one: a code is shown that is read to one of them, who signs; then the new device
 * signs, too. Nobody is signed in meanwhile.
 *
 *   ask --(code)--> waiting --recovery.approved--> checked --touch--> finish
 *     ^----- connected anew -----'  '-------- given up, refused -------> close
 */
import { countsNow, foldHistory, recoveryCode } from "@signet/device";
import type { FoldOptions, SignatureDevice } from "@signet/device";
import { SignetError, decodeTranscript, equalBytes, nameFault } from "@signet/protocol";
import type { ErrorCode, EventBody, RequestBody, Transcript, UserId } from "@signet/protocol";

import type { DeviceProvider } from "../environment.ts";
import { entryRefusal } from "../people/trust.ts";
import type { ServerRequests } from "../server-requests.ts";
import type { System } from "../system.ts";
import type { AdministrationApi } from "../terminal-api.ts";
import { shownPerson } from "./binding-proof.ts";

type Approved = EventBody<"recovery.approved">;

export interface RecoveryParties {
  readonly link: () => ServerRequests;
  readonly serverOrigin: () => string;
  readonly administratorDevices: FoldOptions["administratorDevices"];
  readonly devices: DeviceProvider;
  /** The server hears nobody before. */
  readonly proveTerminal: () => Promise<void>;
  readonly system: Pick<System, "after" | "nowMs">;
}

export class Recovery {
  readonly #parties: RecoveryParties;
  #body: RequestBody<"recovery.ask"> | undefined;
  #approved: ((approved: Approved) => void) | undefined;
  #failed: ((error: unknown) => void) | undefined;
  /** Why the server keeps what was asked for no more. */
  #gone: ErrorCode | undefined;

  constructor(parties: RecoveryParties) {
    this.#parties = parties;
  }

  /** With WebAuthn two touches: one makes the key, and one signs when an administrator did. @throws SignetError */
  async run(input: Parameters<AdministrationApi["askRecovery"]>[0]): Promise<void> {
    try {
      await this.#run(input);
    } catch (error) {
      if (this.#body !== undefined && this.#gone === undefined) this.#close();
      throw error;
    } finally {
      // Whoever gave up does not ask again with the next connection.
      this.#body = undefined;
    }
  }

  async #run(input: Parameters<AdministrationApi["askRecovery"]>[0]): Promise<void> {
    const { devices, link, serverOrigin } = this.#parties;
    const { name, onCode, onTouch, signal, userId } = input;
    if (nameFault(name) !== undefined) throw new SignetError("history.name");
    await this.#parties.proveTerminal();
    const { challenge, entry } = await link().request("recovery.begin", { userId });
    const { displayName } = await shownPerson(userId, [entry], this.#foldOptions);
    const created = await devices.create({
      serverOrigin: serverOrigin(),
      userId,
      displayName,
      challenge,
      signal,
      anew: true,
      onTouch: () => onTouch?.("make"),
    });
    const { device, webauthn } = created;
    const { algorithm, kind, publicKey } = device;
    const { madeFor: _other, ...creation } = webauthn ?? {};
    const body = { userId, challenge, device: { kind, algorithm, publicKey, name } };
    this.#body = webauthn === undefined ? body : { ...body, webauthn: creation as typeof webauthn };
    this.#gone = undefined;
    const { expiresAtMs } = await link().request("recovery.ask", this.#body);
    onCode(await recoveryCode(serverOrigin(), userId, publicKey), expiresAtMs);
    let approved = await this.#wait(expiresAtMs, signal);
    for (;;) {
      onTouch?.("sign");
      try {
        await this.#finish(userId, device, name, approved, signal);
        break;
      } catch (error) {
        // The history went on meanwhile, or the administrator's did: they sign anew.
        if (!(error instanceof SignetError) || !signedAnew.has(error.code)) throw error;
        approved = await this.#wait(expiresAtMs, signal);
      }
    }
    created.settled?.();
  }

  /** Administrators need not look at it any longer. Heard or not: it goes by itself. */
  #close(): void {
    void this.#parties.link().ask("recovery.close", {}, () => undefined);
  }

  approved(body: Approved): void {
    this.#approved?.(body);
  }

  /** Others pushed it out at the server. */
  ended(): void {
    this.#lost("recovery.crowdedOut");
  }

  #lost(code: ErrorCode): void {
    this.#gone = code;
    this.#failed?.(new SignetError(code));
  }

  /** There is another connection: what was asked for is asked again, and what was signed meanwhile comes with it. */
  async connected(): Promise<void> {
    const body = this.#body;
    if (body === undefined) return;
    try {
      await this.#parties.proveTerminal();
      await this.#parties.link().request("recovery.ask", body);
    } catch (error) {
      // With the next connection again; but for a server that lost what was asked for, as at its start.
      if (error instanceof SignetError && error.code.startsWith("proof.")) this.#lost("recovery.gone");
    }
  }

  async #wait(expiresAtMs: number, signal: AbortSignal | undefined): Promise<Approved> {
    const { after, nowMs } = this.#parties.system;
    return new Promise<Approved>((resolve, reject) => {
      const give = (error: unknown): void => {
        cancel();
        signal?.removeEventListener("abort", aborted);
        this.#approved = undefined;
        this.#failed = undefined;
        reject(error);
      };
      const aborted = (): void => give(new SignetError("device.cancelled"));
      const cancel = after(Math.max(0, expiresAtMs - nowMs()), () =>
        give(new SignetError("recovery.expired")),
      );
      this.#failed = give;
      this.#approved = (approved) => {
        cancel();
        signal?.removeEventListener("abort", aborted);
        this.#approved = undefined;
        this.#failed = undefined;
        resolve(approved);
      };
      signal?.addEventListener("abort", aborted);
      if (signal?.aborted === true) aborted();
      if (this.#gone !== undefined) give(new SignetError(this.#gone));
    });
  }

  /** The device signs nothing but what was asked for, and what somebody signed who administers. */
  async #finish(
    userId: UserId,
    device: SignatureDevice,
    name: string,
    { entry, proof }: Approved,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const transcript = decodeTranscript(proof.transcript);
    if (transcript?.purpose !== "recover") throw new SignetError("proof.purpose");
    if (!this.#isAskedFor(transcript, userId, device, name)) throw new SignetError("history.newDevice");
    const person = await shownPerson(userId, [entry], this.#foldOptions);
    const administrator = await this.#parties.administratorDevices(
      transcript.administrator,
      transcript.administratorHead,
    );
    if (administrator?.some(({ deviceId }) => deviceId === transcript.deviceId) !== true)
      throw new SignetError("history.administrator");
    const own = await device.sign(transcript, signal === undefined ? {} : { signal });
    const statement = { proofs: [proof, own] };
    const statements = [...person.history.statements, statement];
    const folded = await foldHistory(
      { ...person.history, statements },
      { ...this.#foldOptions, known: person },
    );
    if (!folded.ok) throw new SignetError(entryRefusal(folded.code));
    const reply = await this.#parties.link().request("recovery.finish", { statement });
    const kept = await shownPerson(userId, [reply.entry], this.#foldOptions);
    if (!kept.devices.some((one) => countsNow(one) && one.deviceId === device.deviceId))
      throw new SignetError("directory.badEntry");
  }

  #isAskedFor(
    transcript: Transcript<"recover">,
    userId: UserId,
    { algorithm, deviceId, kind, publicKey }: SignatureDevice,
    name: string,
  ): boolean {
    return (
      transcript.serverOrigin === this.#parties.serverOrigin() &&
      transcript.userId === userId &&
      transcript.newDeviceId === deviceId &&
      equalBytes(transcript.newDevicePublicKey, publicKey) &&
      transcript.newDeviceAlgorithm === algorithm &&
      transcript.newDeviceKind === kind &&
      transcript.newDeviceName === name
    );
  }

  get #foldOptions(): FoldOptions {
    const { administratorDevices, serverOrigin } = this.#parties;
    return { serverOrigin: serverOrigin(), administratorDevices, certificatesWithheld: true };
  }
}

const signedAnew: ReadonlySet<string> = new Set(["history.sequence", "history.previous", "admin.head"]);
