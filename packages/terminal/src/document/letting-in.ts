/**
 * The key of the document goes to another terminal of the person: a code is carried from the one that has it to the one that asks. What that one
 * gives as its key, one of the person's devices vouches for, and the person approves.
 */
import type { Person, PersonDevice } from "@signet/device";
import type { DocumentOwner } from "@signet/e2ee";
import { pairingCode, pairingCodeBytes, pairingMs, readPairingCode, SignetError } from "@signet/protocol";
import type { Bytes, EndorsedKey } from "@signet/protocol";

import type { Elsewhere } from "../session/pairing/elsewhere.ts";
import type { Session } from "../session/session.ts";
import type { System } from "../system.ts";
import { endorserOf } from "./endorsed-key.ts";
import type { PersonalApi } from "./personal-api.ts";

interface LettingParts {
  readonly owner: DocumentOwner;
  readonly session: Session;
  readonly elsewhere: Pick<Elsewhere, "paired">;
  readonly system: Pick<System, "nowMs" | "randomBytes">;
}

/** @param give wraps the key for it, and puts it. @throws SignetError `pairing.*`, `document.badMaker` */
export async function letIn(
  { elsewhere, owner, session, system }: LettingParts,
  { approve, onCode, signal }: Parameters<PersonalApi["letIn"]>[0],
  give: (publicKey: Bytes, endorsed: EndorsedKey) => Promise<void>,
): Promise<void> {
  session.requireSignedIn();
  const code = pairingCode(system.randomBytes(pairingCodeBytes));
  await elsewhere.paired("old", code, signal, async (line, pairingId) => {
    await session.link.request("pairing.open", { pairingId });
    onCode(code, system.nowMs() + pairingMs);
    await line.entered();
    await line.say({ type: "documentOffer", userId: owner.userId });
    const { endorsed, publicKey } = await line.next("documentKey");
    const { person } = session.requirePerson().known;
    const { deviceId, kind, name } = await vouchingDevice(owner, person, publicKey, endorsed);
    if (!(await line.whileOpen(approve({ deviceId, kind, name })))) throw new SignetError("pairing.refused");
    await give(publicKey, endorsed);
    await line.say({ type: "documentGiven" }).catch(() => undefined);
  });
}

async function vouchingDevice(
  { serverOrigin }: DocumentOwner,
  person: Person,
  key: Bytes,
  endorsed: EndorsedKey,
): Promise<PersonDevice> {
  const endorser = await endorserOf(endorsed, { serverOrigin, person, use: "terminal", key });
  if (endorser === undefined) throw new SignetError("document.badMaker");
  return endorser.device;
}

/** @throws SignetError `pairing.*`; `document.otherUser` where the other terminal is somebody else's */
export async function askIn(
  { elsewhere, owner, session }: LettingParts,
  { code: typed, signal, onWait }: Parameters<PersonalApi["askIn"]>[0],
  own: { readonly publicKey: Bytes; readonly endorsed: EndorsedKey },
): Promise<void> {
  session.requireSignedIn();
  const code = readPairingCode(typed);
  if (code === undefined) throw new SignetError("pairing.badCode");
  await elsewhere.paired("new", code, signal, async (line, pairingId) => {
    await session.link.request("pairing.enter", { pairingId });
    const { userId } = await line.next("documentOffer");
    if (userId !== owner.userId) throw new SignetError("document.otherUser");
    await line.say({ type: "documentKey", ...own });
    onWait?.();
    await line.next("documentGiven");
  });
}
