import { SignetError } from "@signet/protocol";
import type { DeviceAlgorithm, DeviceId, ErrorCode } from "@signet/protocol";

import { deviceIdOf } from "../device.ts";
import type { CertificateSummary } from "../x509/certificate-summary.ts";
import type { CertificateUse } from "./certificate-use.ts";
import type { TokenCertificate } from "./certificates.ts";
import { isBlank } from "./choose.ts";
import { CKF } from "./constants.ts";
import { keyCandidates } from "./key-candidates.ts";
import type { KeyCandidate } from "./key-candidates.ts";
import { generationMechanism } from "./key-templates.ts";
import type { OddSlot, TokenObjects, TokenSurvey } from "./messages.ts";
import { acquireModule } from "./module-client.ts";
import type { ModuleClient } from "./module-client.ts";
import { logIn, visibleObjects } from "./pin.ts";
import type { PinPrompt } from "./pin.ts";
import { signWayOf } from "./sign-way.ts";

export interface TokenKeyInfo {
  readonly label: string;
  /** CKA_ID, hexadecimal */
  readonly id: string;
  /** Those of Signet that key and token can both make; none for a kind that Signet does not use. */
  readonly algorithms: readonly DeviceAlgorithm[];
  readonly hasCertificate: boolean;
  /** Why Signet cannot sign with it; absent where it can, as far as the token shows. */
  readonly unusable?: ErrorCode;
  /** As a directory names the key; absent where the token shows no public key, or one that Signet does not use. */
  readonly deviceId?: DeviceId;
  /** As the certificate says, which nobody checked here. */
  readonly certificate?: CertificateSummary;
  /** Instead of that: why a certificate that is there will not be read by anybody who validates it. */
  readonly certificateFault?: ErrorCode;
  /** What the certificate says that the key is for; absent where it says nothing, or several things. */
  readonly certificateUse?: CertificateUse;
  /** Absent without login, where only the public key was seen. */
  readonly maySign?: boolean;
  /** The private key could be copied off the token. Absent without login. */
  readonly extractable?: boolean;
}

export interface TokenInfo {
  /** CK_SLOT_ID */
  readonly slot: number;
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  /** Not set up yet; has no keys. */
  readonly blank: boolean;
  readonly writeProtected: boolean;
  readonly loginRequired: boolean;
  /** The PIN is entered at the reader. */
  readonly pinPad: boolean;
  readonly pin: "ready" | "countLow" | "finalTry" | "locked" | "mustChange" | "notSet";
  readonly signs: readonly DeviceAlgorithm[];
  readonly generates: readonly DeviceAlgorithm[];
  readonly keys: readonly TokenKeyInfo[];
  /** Somebody was logged in when it was looked at; absent where nobody was. */
  readonly loggedIn?: true;
  /** What the token or its module answered oddly for, each with what it said; the rest is listed all the same. */
  readonly odd?: readonly string[];
  /** Why its keys could not be listed, or only those that it shows to everybody. */
  readonly failure?: SignetError;
}

/**
 * Every token that the module sees, with its keys: all of them after login, else those whose public key it shows. What one token
 * answers oddly stands in its `odd` or `failure`, and takes nothing from the others.
 * @param pin asked once for each token that wants a PIN; without it nobody logs in
 * @param wanted whether to log in to this one; to all when absent
 * @throws SignetError `device.pkcs11Missing`, `moduleNotFound`, `moduleNoFile`, `moduleUnusable`, `moduleNotStarted`, `moduleDied`
 */
export async function listTokens(
  modulePath: string,
  pin?: PinPrompt,
  wanted: (token: TokenName) => boolean = () => true,
  moduleParameters?: string,
): Promise<readonly TokenInfo[]> {
  const { client, release } = await acquireModule({
    modulePath,
    ...(moduleParameters === undefined ? {} : { moduleParameters }),
  });
  try {
    const infos: TokenInfo[] = [];
    const { tokens, oddSlots } = await client.request("survey", {});
    for (const token of tokens) infos.push(await infoOf(client, token, wanted(token) ? pin : undefined));
    return [...infos, ...oddSlots.map(oddInfo)];
  } finally {
    await release();
  }
}

/** By what a token is told from another. */
export type TokenName = Pick<TokenSurvey, "slot" | "label" | "serial">;

interface Seen {
  readonly objects: TokenObjects;
  readonly loggedIn: boolean;
  readonly failure?: SignetError;
}

const nothing: Seen = {
  objects: { privateKeys: [], publicKeys: [], certificates: [], odd: [], wantsLogin: false },
  loggedIn: false,
};

/** With the PIN; where that fails, what is seen without. */
async function see(client: ModuleClient, token: TokenSurvey, pin: PinPrompt | undefined): Promise<Seen> {
  if (isBlank(token)) return nothing;
  try {
    return await seeWith(client, token, pin);
  } catch (failure) {
    if (!(failure instanceof SignetError) || client.hasStopped) throw failure;
    const without = pin === undefined ? nothing : await see(client, token, undefined);
    return { ...without, failure };
  }
}

async function seeWith(client: ModuleClient, token: TokenSurvey, pin: PinPrompt | undefined): Promise<Seen> {
  const opened = await client.request("open", { slot: token.slot, write: false });
  const { session } = opened;
  try {
    const wasAsked = pin === undefined ? false : await logIn(client, opened, token, pin);
    const objects = await visibleObjects(client, session, token, pin, wasAsked);
    return { objects, loggedIn: pin !== undefined || opened.loggedIn };
  } finally {
    await client.closeSession(session).catch(() => {});
  }
}

const allAlgorithms: readonly DeviceAlgorithm[] = ["ES256", "EdDSA", "PS256", "RS256"];

async function infoOf(
  client: ModuleClient,
  token: TokenSurvey,
  pin: PinPrompt | undefined,
): Promise<TokenInfo> {
  const { slot, label, serial, manufacturer, model, flags, mechanisms } = token;
  const { failure, loggedIn, objects } = await see(client, token, pin);
  const odd = [...token.odd, ...objects.odd];
  const has = (flag: number): boolean => (flags & flag) !== 0;
  const signs = allAlgorithms.filter((algorithm) => signWayOf(algorithm, mechanisms) !== undefined);
  const generates = signs.filter(
    (one) => ((mechanisms.get(generationMechanism(one)) ?? 0) & CKF.mechanismGenerateKeyPair) !== 0,
  );
  return {
    slot,
    label,
    serial,
    manufacturer,
    model,
    blank: isBlank(token),
    writeProtected: has(CKF.tokenWriteProtected),
    loginRequired: has(CKF.tokenLoginRequired),
    pinPad: has(CKF.tokenProtectedAuthenticationPath),
    pin: pinStateOf(has),
    signs,
    generates,
    keys: await keysOf(objects, mechanisms),
    ...(loggedIn ? { loggedIn } : {}),
    ...(odd.length === 0 ? {} : { odd }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** Of a token that its module does not even describe. */
const oddInfo = ({ reason, slot }: OddSlot): TokenInfo => ({
  slot,
  label: "",
  serial: "",
  manufacturer: "",
  model: "",
  blank: false,
  writeProtected: false,
  loginRequired: false,
  pinPad: false,
  pin: "ready",
  signs: [],
  generates: [],
  keys: [],
  failure: new SignetError("device.tokenFailed", new Error(reason)),
});

function pinStateOf(has: (flag: number) => boolean): TokenInfo["pin"] {
  if (!has(CKF.tokenUserPinInitialized)) return "notSet";
  if (has(CKF.tokenUserPinLocked)) return "locked";
  if (has(CKF.tokenUserPinToBeChanged)) return "mustChange";
  if (has(CKF.tokenUserPinFinalTry)) return "finalTry";
  return has(CKF.tokenUserPinCountLow) ? "countLow" : "ready";
}

async function keysOf(
  objects: TokenObjects,
  mechanisms: ReadonlyMap<number, number>,
): Promise<readonly TokenKeyInfo[]> {
  const { privateKeys, publicKeys } = await keyCandidates(objects, mechanisms);
  return Promise.all([...privateKeys, ...publicKeys].map(keyInfo));
}

async function keyInfo({
  algorithms,
  certificate,
  key,
  kind,
  publicKey,
  unusable,
}: KeyCandidate): Promise<TokenKeyInfo> {
  return {
    label: key.label,
    id: key.id,
    algorithms: unusable === "device.keyUnusable" ? [] : algorithms,
    hasCertificate: certificate !== undefined,
    ...(unusable === undefined ? {} : { unusable }),
    ...(kind !== undefined && publicKey !== undefined && { deviceId: await deviceIdOf(publicKey) }),
    ...(certificate !== undefined && certificateInfo(certificate)),
    ...(key.maySign !== undefined && { maySign: key.maySign }),
    ...(key.extractable !== undefined && { extractable: key.extractable }),
  };
}

function certificateInfo({
  says,
  use,
}: TokenCertificate): Pick<TokenKeyInfo, "certificate" | "certificateFault" | "certificateUse"> {
  if (typeof says === "string") return { certificateFault: says };
  return { certificate: says, ...(use === undefined ? {} : { certificateUse: use }) };
}
