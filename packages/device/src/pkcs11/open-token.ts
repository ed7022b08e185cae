/** Opens a key on a token, or makes one there. */
import { randomBytes } from "node:crypto";
import { SignetError } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm } from "@signet/protocol";

import { importPublicKey } from "../public-key.ts";
import { certificateOf, chainFrom, parseCertificates } from "./certificates.ts";
import { chooseKey, chooseToken } from "./choose.ts";
import type { TokenChoice } from "./choose.ts";
import { CKF } from "./constants.ts";
import { algorithmsOf, publicKeyOf } from "./key-kinds.ts";
import { generationMechanism } from "./key-templates.ts";
import type { TokenObjects, TokenSurvey } from "./messages.ts";
import { acquireModule } from "./module-client.ts";
import type { ModuleClient } from "./module-client.ts";
import { logIn } from "./pin.ts";
import type { PinPrompt } from "./pin.ts";
import { signWayOf } from "./sign-way.ts";
import { makeDevice } from "./token-device.ts";
import type { DeviceParts, Pkcs11Device } from "./token-device.ts";

/**
 * Opens a key that is on a token. A wrong PIN is never tried again.
 * @throws SignetError with the `device.*` code of what is wrong with module, token, PIN or key
 */
export async function openToken(choice: TokenChoice, pin: PinPrompt | undefined): Promise<Pkcs11Device> {
  return withSession(choice, pin, false, async (opened) => keyParts(opened, choice));
}

/**
 * Makes a key pair on the token: sensitive, not extractable, for signing only.
 * @throws SignetError as {@link openToken}, and `device.keyExists`, `tokenFull`, `tokenReadOnly`, `mechanismMissing`
 */
export async function generateTokenKey(
  choice: TokenChoice & { readonly keyLabel: string },
  pin: PinPrompt | undefined,
  { algorithm }: { readonly algorithm: DeviceAlgorithm },
): Promise<Pkcs11Device> {
  const id = (choice.keyId ?? randomBytes(8).toString("hex")).toLowerCase();
  return withSession(choice, pin, true, async (opened) => {
    const { client, session } = opened;
    const before = await client.request("objects", { session });
    const label = choice.keyLabel;
    if ([...before.privateKeys, ...before.publicKeys].some((key) => key.label === label || key.id === id))
      throw new SignetError("device.keyExists");
    mustHaveMechanism(opened.token, algorithm);
    await client.request("generate", { session, algorithm, label, id });
    return keyParts(opened, { ...choice, keyId: id, algorithm });
  });
}

interface Opened {
  readonly client: ModuleClient;
  readonly session: number;
  readonly token: TokenSurvey;
}

type KeyParts = Pick<
  DeviceParts,
  "algorithm" | "publicKey" | "verifier" | "certificates" | "keyHandle" | "way" | "pinForEach"
>;

/** Opens and logs in, and leaves nothing open when it fails. */
async function withSession(
  choice: TokenChoice,
  prompt: PinPrompt | undefined,
  write: boolean,
  find: (opened: Opened) => Promise<KeyParts>,
): Promise<Pkcs11Device> {
  const { modulePath } = choice;
  const { client, release } = await acquireModule(modulePath);
  let session: number | undefined;
  try {
    const token = chooseToken(await client.request("survey", {}), choice);
    if (write && (token.flags & CKF.tokenWriteProtected) !== 0) throw new SignetError("device.tokenReadOnly");
    const opened = await client.request("open", { slot: token.slot, write });
    session = opened.session;
    await logIn(client, opened, token, prompt);
    const key = await find({ client, session, token });
    return await makeDevice({ ...key, client, session, release, token, modulePath, prompt });
  } catch (error) {
    if (session !== undefined) await client.closeSession(session).catch(() => {});
    await release();
    throw error;
  }
}

async function keyParts({ client, session, token }: Opened, choice: TokenChoice): Promise<KeyParts> {
  const objects = await client.request("objects", { session });
  const { key, kind } = chooseKey(objects, choice);
  const algorithms = choice.algorithm === undefined ? algorithmsOf[kind] : [choice.algorithm];
  const algorithm = algorithms.find((one) => signWayOf(one, token.mechanisms) !== undefined);
  const way = algorithm === undefined ? undefined : signWayOf(algorithm, token.mechanisms);
  if (algorithm === undefined || way === undefined) throw new SignetError("device.mechanismMissing");
  const shown = publicKeyOf(kind, key);
  const { publicKey, certificates } = certified(key.id, shown, objects);
  if (publicKey === undefined) throw new SignetError("device.publicKeyMissing");
  const verifier = await importPublicKey(algorithm, publicKey);
  if (verifier === undefined) throw new SignetError("device.keyUnusable");
  const pinForEach = key.alwaysAuthenticate === true;
  return { algorithm, publicKey, verifier, certificates, keyHandle: key.handle, way, pinForEach };
}

/** @param shown from the key objects; where they lack it, the certificate with the key's CKA_ID has it */
function certified(
  keyId: string,
  shown: Bytes | undefined,
  objects: TokenObjects,
): { publicKey: Bytes | undefined; certificates: Bytes[] } {
  const all = parseCertificates(objects.certificates);
  const publicKey = shown ?? all.find(({ id }) => id !== "" && id === keyId)?.publicKey;
  const own = publicKey === undefined ? undefined : certificateOf(keyId, publicKey, all);
  return { publicKey, certificates: own === undefined ? [] : chainFrom(own, all) };
}

/** Asked before the token is, which might answer with anything. */
function mustHaveMechanism({ mechanisms }: TokenSurvey, algorithm: DeviceAlgorithm): void {
  const flags = mechanisms.get(generationMechanism(algorithm)) ?? 0;
  if ((flags & CKF.mechanismGenerateKeyPair) === 0 || signWayOf(algorithm, mechanisms) === undefined)
    throw new SignetError("device.mechanismMissing");
}
