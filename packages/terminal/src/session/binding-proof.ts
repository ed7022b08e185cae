/** Proofs of a binding: by the device, with a touch, when it is made; by the terminal key when it is resumed or released. */
import { headOf } from "@signet/device";
import type { FoldOptions, Person as FoldedPerson, SignatureDevice, SignOptions } from "@signet/device";
import { prfInput } from "@signet/e2ee";
import { SignetError, isGuestId, isNewUserId, nameFault } from "@signet/protocol";
import type {
  Bytes,
  ErrorCode,
  ProofIn,
  ReplyBody,
  RequestBody,
  ServerInfo,
  StatementIn,
  Transcript,
  UserId,
} from "@signet/protocol";

import type { DeviceProvider } from "../environment.ts";
import { statedDevice } from "./own-entry.ts";
import { fold } from "./own-statement.ts";
import type { BoundPerson, OwnTerminal } from "./own-terminal.ts";
import { newCertificates, signCertify } from "./renewal.ts";
import type { AppliedTrust } from "../people/trust.ts";
import type { ServerRequests } from "../server-requests.ts";
import type { Terminal } from "../terminal-api.ts";

/** Who proves it to whom. */
export interface BindingParties {
  readonly link: ServerRequests;
  readonly server: ServerInfo;
  readonly devices: DeviceProvider;
  readonly terminal: OwnTerminal;
  readonly administratorDevices: FoldOptions["administratorDevices"];
  readonly trust: AppliedTrust;
}

/** A device was touched and signed for this terminal. */
export interface Touched<T extends "register.finish" | "sign-in.finish"> {
  readonly userId: UserId;
  readonly device: SignatureDevice;
  readonly proof: ProofIn;
  /** What the server is to be told. */
  readonly body: RequestBody<T>;
  /** Of that, what it may put into the person's history. */
  readonly renewal?: StatementIn;
  /** The key is registered, or never will be: see {@link CreatedDevice.settled}. */
  readonly settled?: () => void;
  /** Of the device's PRF, at the place of this person's document. */
  readonly prfOutput?: Bytes | undefined;
}

/** The touch that signs in gives it, too: the place is known without asking the server. */
async function askingPrf(serverOrigin: string, userId: UserId, signal: AbortSignal | undefined) {
  const asked: { output?: Bytes } = {};
  const input = await prfInput({ serverOrigin, userId });
  const options: SignOptions = {
    ...(signal === undefined ? {} : { signal }),
    prf: { input, onOutput: (output) => (asked.output = output) },
  };
  return { asked, options };
}

/** With WebAuthn two touches: one makes the key, unless an earlier try did, and one signs. @throws SignetError of `register.begin`, `device.*` */
export async function proveRegistration(
  { link, server, devices, terminal }: BindingParties,
  input: Parameters<Terminal["register"]>[0],
): Promise<Touched<"register.finish">> {
  const { userId, displayName, signal, anew, onTouch } = input;
  if (!isNewUserId(userId) && !isGuestId(userId)) throw new SignetError("registration.badUserId");
  if (nameFault(displayName) !== undefined) throw new SignetError("registration.badName");
  await proveTerminal({ link, terminal });
  const { serverOrigin, certificates: accepted } = server;
  const invite = input.inviteCode === undefined ? {} : { inviteCode: input.inviteCode };
  const { challenge } = await link.request("register.begin", { userId, displayName, ...invite });
  const created = await devices.create({
    serverOrigin,
    userId,
    displayName,
    challenge,
    signal,
    anew,
    onTouch: () => onTouch?.(1, false),
  });
  const { device, webauthn, isKept = false, settled } = created;
  onTouch?.(2, isKept);
  const { deviceId, publicKey } = device;
  const transcript: Transcript<"register"> = {
    purpose: "register",
    serverOrigin,
    userId,
    deviceId,
    displayName,
    devicePublicKey: publicKey,
    ...terminal.bindingFields(challenge),
  };
  const { asked, options } = await askingPrf(serverOrigin, userId, signal);
  const proof = await device.sign(transcript, options);
  const body = {
    ...invite,
    proof,
    device: statedDevice(device, accepted),
    ...(webauthn === undefined ? {} : { webauthn }),
  };
  const { output: prfOutput } = asked;
  return { userId, device, proof, body, prfOutput, ...(settled === undefined ? {} : { settled }) };
}

const refusalsOfKeys: ReadonlySet<ErrorCode> = new Set([
  "registration.attestation",
  "registration.deviceTaken",
  "registration.userTaken",
  "proof.device",
  "proof.algorithm",
]);

/** Whether a registration that was refused so cannot go well with the same key at another try. */
export function isOfNoUse(code: ErrorCode): boolean {
  return refusalsOfKeys.has(code);
}

/** One touch; a device with renewed certificates signs a second time. @throws SignetError of `sign-in.begin`, `device.*`, `certificate.*` */
export async function proveSignIn(
  { administratorDevices, link, server, devices, terminal, trust }: BindingParties,
  { userId, signal, choose }: Parameters<Terminal["signIn"]>[0],
): Promise<Touched<"sign-in.finish">> {
  await proveTerminal({ link, terminal });
  const { serverOrigin, certificates: accepted } = server;
  const { challenge, entries, certified } = await link.request("sign-in.begin", { userId });
  const person = await shownPerson(userId, entries, { serverOrigin, administratorDevices });
  const device = await devices.open(serverOrigin, person.devices, choose);
  const fields = terminal.bindingFields(challenge);
  const { issuedAtMs } = fields;
  const certificates = await newCertificates({
    person,
    device,
    certified,
    accepted,
    trust,
    nowMs: issuedAtMs,
  });
  const transcript: Transcript<"sign-in"> = {
    purpose: "sign-in",
    serverOrigin,
    userId,
    deviceId: device.deviceId,
    ...fields,
    head: headOf(person),
  };
  const { asked, options } = await askingPrf(serverOrigin, userId, signal);
  const proof = await device.sign(transcript, options);
  const { output: prfOutput } = asked;
  if (certificates === undefined) return { userId, device, proof, body: { proof }, prfOutput };
  const named = { certificates, serverOrigin, issuedAtMs, serverChallenge: challenge };
  const certify = await signCertify(person, device, named, signal === undefined ? {} : { signal });
  return { userId, device, proof, body: { proof, certify }, renewal: certify, prfOutput };
}

/** Whose devices may sign. Their certificates are shown after the sign-in. @throws SignetError `history.*`, `directory.badEntry`, `user.unknown` */
export async function shownPerson(
  userId: UserId,
  [entry]: ReplyBody<"sign-in.begin">["entries"],
  options: FoldOptions,
): Promise<FoldedPerson> {
  if (entry?.userId !== userId) throw new SignetError("user.unknown");
  return fold(entry, { ...options, certificatesWithheld: true });
}

/** The server binds nobody to a key that it has not seen to be this terminal's; once for each connection would do. */
export async function proveTerminal({
  link,
  terminal,
}: Pick<BindingParties, "link" | "terminal">): Promise<void> {
  const { challenge } = await link.request("session.challenge", {});
  await link.request("session.prove", { proof: await terminal.prove(challenge) });
}

/** `release` and `resume` say the same of a binding, but for what is to become of it; no touch. @throws SignetError */
export async function proveAgain(
  purpose: "release" | "resume",
  person: BoundPerson,
  { link, terminal }: Pick<BindingParties, "link" | "terminal">,
): Promise<ProofIn> {
  const { challenge } = await link.request("session.challenge", {});
  const { terminalId } = terminal;
  return terminal.sign(person, (fields) => ({ purpose, ...fields, serverChallenge: challenge, terminalId }));
}
