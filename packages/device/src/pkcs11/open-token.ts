/** Opens a key on a token, or makes one there. */
import { randomBytes } from "node:crypto";
import { SignetError, equalBytes } from "@signet/protocol";
import type { DeviceAlgorithm } from "@signet/protocol";

import { importPublicKey } from "../public-key.ts";
import { certificateOf, chainFrom, parseCertificates } from "./certificates.ts";
import { chooseKey, chooseToken, mustShowKnown } from "./choose.ts";
import type { TokenChoice } from "./choose.ts";
import { CKF } from "./constants.ts";
import { keyCandidates } from "./key-candidates.ts";
import { generationMechanism } from "./key-templates.ts";
import type { TokenObjects, TokenSurvey } from "./messages.ts";
import { acquireModule } from "./module-client.ts";
import { findPublicKey } from "./pairing.ts";
import { logIn, visibleObjects } from "./pin.ts";
import type { PinPrompt } from "./pin.ts";
import { signWayOf } from "./sign-way.ts";
import { makeDevice } from "./token-device.ts";
import type { DeviceParts, Pkcs11Device } from "./token-device.ts";
import { TokenKey } from "./token-key.ts";
import { TokenLogin } from "./token-login.ts";

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
    const { login, objects, token } = opened;
    const label = choice.keyLabel;
    if ([...objects.privateKeys, ...objects.publicKeys].some((key) => key.label === label || key.id === id))
      throw new SignetError("device.keyExists");
    mustHaveMechanism(token, algorithm);
    const { client, session } = login;
    const ask = { session, algorithm, label, id };
    await client.request("generate", ask).catch(async (error: unknown) => {
      if (!(error instanceof SignetError) || error.code !== "device.loginLapsed") throw error;
      await login.again();
      await client.request("generate", ask);
    });
    const made = await client.request("objects", { session });
    return keyParts({ ...opened, objects: made }, { ...choice, keyId: id, algorithm });
  });
}

interface Opened {
  readonly login: TokenLogin;
  readonly token: TokenSurvey;
  readonly objects: TokenObjects;
}

type KeyParts = Pick<
  DeviceParts,
  "algorithm" | "publicKey" | "verifier" | "certificates" | "key" | "keyLabel" | "keyId"
>;

/** Opens and logs in, and leaves nothing open when it fails. */
async function withSession(
  choice: TokenChoice,
  prompt: PinPrompt | undefined,
  write: boolean,
  find: (opened: Opened) => Promise<KeyParts>,
): Promise<Pkcs11Device> {
  const { modulePath } = choice;
  const { client, release } = await acquireModule(choice);
  let session: number | undefined;
  try {
    const token = chooseToken(await client.request("survey", {}), choice);
    if (write && (token.flags & CKF.tokenWriteProtected) !== 0) throw new SignetError("device.tokenReadOnly");
    const opened = await client.request("open", { slot: token.slot, write });
    session = opened.session;
    if (choice.known?.key !== undefined)
      mustShowKnown(await client.request("objects", { session, onlyPublic: true }), choice.known);
    const wasAsked = await logIn(client, opened, token, prompt);
    const objects = await visibleObjects(client, session, token, prompt, wasAsked);
    const login = new TokenLogin(client, session, token, prompt);
    const key = await find({ login, token, objects });
    return await makeDevice({ ...key, login, release, token, modulePath });
  } catch (error) {
    if (session !== undefined) await client.closeSession(session).catch(() => {});
    await release();
    throw error;
  }
}

async function keyParts({ login, objects, token }: Opened, choice: TokenChoice): Promise<KeyParts> {
  const { privateKeys } = await keyCandidates(objects, token.mechanisms);
  if (privateKeys.length === 0) throw new SignetError("device.noKey", oddities(objects));
  const chosen = chooseKey(privateKeys, choice);
  const { id: keyId, label: keyLabel, alwaysAuthenticate } = chosen.key;
  const algorithm = choice.algorithm ?? chosen.algorithms[0];
  const way = algorithm === undefined ? undefined : signWayOf(algorithm, token.mechanisms);
  if (algorithm === undefined || way === undefined) throw new SignetError("device.mechanismMissing");
  const key = new TokenKey(login, chosen.key, way, alwaysAuthenticate === true);
  const publicKey =
    chosen.publicKey ?? (await findPublicKey(objects, algorithm, (message) => key.sign(message)));
  if (publicKey === undefined) throw new SignetError("device.publicKeyMissing", oddities(objects));
  const known = choice.known?.key;
  if (known !== undefined && !equalBytes(known.publicKey, publicKey))
    throw new SignetError("device.otherKey");
  const verifier = await importPublicKey(algorithm, publicKey);
  if (verifier === undefined) throw new SignetError("device.keyUnusable");
  const all = parseCertificates(objects.certificates);
  const own = certificateOf(keyId, publicKey, all);
  const certificates = own === undefined ? [] : chainFrom(own, all);
  return { algorithm, publicKey, verifier, certificates, key, keyLabel, keyId };
}

const oddities = ({ odd }: TokenObjects): Error | undefined =>
  odd.length === 0 ? undefined : new Error(odd.join("; "));

/** Asked before the token is, which might answer with anything. */
function mustHaveMechanism({ mechanisms }: TokenSurvey, algorithm: DeviceAlgorithm): void {
  const flags = mechanisms.get(generationMechanism(algorithm)) ?? 0;
  if ((flags & CKF.mechanismGenerateKeyPair) === 0 || signWayOf(algorithm, mechanisms) === undefined)
    throw new SignetError("device.mechanismMissing");
}
