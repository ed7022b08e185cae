import type { DeviceAlgorithm, DeviceId, ErrorCode } from "@signet/protocol";

import { deviceIdOf } from "../device.ts";
import type { CertificateSummary } from "../x509/certificate-summary.ts";
import { certificateOf, parseCertificates } from "./certificates.ts";
import { isBlank, withPublicPart } from "./choose.ts";
import { CKF } from "./constants.ts";
import { algorithmsOf, kindOf, publicKeyOf } from "./key-kinds.ts";
import { generationMechanism } from "./key-templates.ts";
import type { TokenObject, TokenObjects, TokenSurvey } from "./messages.ts";
import { acquireModule } from "./module-client.ts";
import type { ModuleClient } from "./module-client.ts";
import { logIn } from "./pin.ts";
import type { PinPrompt } from "./pin.ts";
import { signWayOf } from "./sign-way.ts";

export interface TokenKeyInfo {
  readonly label: string;
  /** CKA_ID, hexadecimal */
  readonly id: string;
  /** Those of Signet that key and token can both make; none for a kind that Signet does not use. */
  readonly algorithms: readonly DeviceAlgorithm[];
  readonly hasCertificate: boolean;
  /** As a directory names the key; absent where the token shows no public key, or one that Signet does not use. */
  readonly deviceId?: DeviceId;
  /** As the certificate says, which nobody checked here. */
  readonly certificate?: CertificateSummary;
  /** Instead of that: why a certificate that is there will not be read by anybody who validates it. */
  readonly certificateFault?: ErrorCode;
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
}

/**
 * Every token that the module sees, with its keys: all of them after login, else those whose public key it shows.
 * @param pin asked once for each token that wants a PIN; without it nobody logs in
 * @param wanted whether to log in to this one; to all when absent
 * @throws SignetError `device.pkcs11Missing`, `moduleNotFound`, `moduleUnusable`, and those of the login
 */
export async function listTokens(
  modulePath: string,
  pin?: PinPrompt,
  wanted: (token: { readonly slot: number; readonly label: string }) => boolean = () => true,
): Promise<readonly TokenInfo[]> {
  const { client, release } = await acquireModule(modulePath);
  try {
    const infos: TokenInfo[] = [];
    for (const token of await client.request("survey", {})) {
      const asked = wanted(token) ? pin : undefined;
      infos.push(await infoOf(token, isBlank(token) ? undefined : await objectsOf(client, token, asked)));
    }
    return infos;
  } finally {
    await release();
  }
}

async function objectsOf(
  client: ModuleClient,
  token: TokenSurvey,
  pin: PinPrompt | undefined,
): Promise<TokenObjects> {
  const opened = await client.request("open", { slot: token.slot, write: false });
  const { session } = opened;
  try {
    if (pin !== undefined) await logIn(client, opened, token, pin);
    return await client.request("objects", { session });
  } finally {
    await client.closeSession(session).catch(() => {});
  }
}

const allAlgorithms: readonly DeviceAlgorithm[] = ["ES256", "EdDSA", "PS256", "RS256"];

async function infoOf(token: TokenSurvey, objects: TokenObjects | undefined): Promise<TokenInfo> {
  const { slot, label, serial, manufacturer, model, flags, mechanisms } = token;
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
    keys: objects === undefined ? [] : await keysOf(objects, signs),
  };
}

function pinStateOf(has: (flag: number) => boolean): TokenInfo["pin"] {
  if (!has(CKF.tokenUserPinInitialized)) return "notSet";
  if (has(CKF.tokenUserPinLocked)) return "locked";
  if (has(CKF.tokenUserPinToBeChanged)) return "mustChange";
  if (has(CKF.tokenUserPinFinalTry)) return "finalTry";
  return has(CKF.tokenUserPinCountLow) ? "countLow" : "ready";
}

async function keysOf(
  objects: TokenObjects,
  signs: readonly DeviceAlgorithm[],
): Promise<readonly TokenKeyInfo[]> {
  const { privateKeys, publicKeys } = objects;
  const certificates = parseCertificates(objects.certificates);
  const info = async (key: TokenObject): Promise<TokenKeyInfo> => {
    const kind = kindOf(key);
    const shown = kind === undefined ? undefined : publicKeyOf(kind, key);
    const sameId = certificates.find(({ id }) => id !== "" && id === key.id);
    const publicKey = shown ?? sameId?.publicKey;
    const certificate = publicKey === undefined ? sameId : certificateOf(key.id, publicKey, certificates);
    return {
      label: key.label,
      id: key.id,
      algorithms: kind === undefined ? [] : algorithmsOf[kind].filter((one) => signs.includes(one)),
      hasCertificate: sameId !== undefined,
      ...(kind !== undefined && publicKey !== undefined && { deviceId: await deviceIdOf(publicKey) }),
      ...certificateInfo(certificate?.says),
      ...(key.maySign !== undefined && { maySign: key.maySign }),
      ...(key.extractable !== undefined && { extractable: key.extractable }),
    };
  };
  const isSeen = (key: TokenObject): boolean =>
    privateKeys.some((one) => (one.id === "" ? one.label === key.label : one.id === key.id));
  return Promise.all([
    ...privateKeys.map((key) => info(withPublicPart(key, objects))),
    ...publicKeys.filter((key) => !isSeen(key)).map(info),
  ]);
}

function certificateInfo(
  says: CertificateSummary | ErrorCode | undefined,
): Pick<TokenKeyInfo, "certificate" | "certificateFault"> {
  if (says === undefined) return {};
  return typeof says === "string" ? { certificateFault: says } : { certificate: says };
}
