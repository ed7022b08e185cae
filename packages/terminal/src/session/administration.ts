/** What an administrator does for others; each is a statement, or a code, that their device signs here. */
import { deviceIdOf, foldHistory, headOf, isRecoveryCode, recoveryCode, sha256 } from "@signet/device";
import type { FoldOptions, Person as FoldedPerson } from "@signet/device";
import {
  SignetError,
  equalBytes,
  inviteCodeText,
  makeInviteCode,
  mayBeRecoveryCode,
  shownName,
} from "@signet/protocol";
import type { Bytes, DirectoryEntryIn, ProofIn, Transcript, UserId } from "@signet/protocol";

import type { Directory } from "../people/directory.ts";
import { devicesOf } from "../people/shown-devices.ts";
import { entryRefusal } from "../people/trust.ts";
import type { ServerRequests } from "../server-requests.ts";
import type { AdministeredPerson, OpenRecovery } from "../state.ts";
import type { AdministrationApi, AdministrativeAct } from "../terminal-api.ts";
import type { OwnChange } from "./own-statement.ts";
import type { Person } from "./person.ts";

export interface AdministrationParties {
  readonly link: () => ServerRequests;
  readonly serverOrigin: () => string;
  readonly administratorDevices: FoldOptions["administratorDevices"];
  readonly directory: () => Pick<Directory, "administered" | "changed">;
  /** By the server's word, and what was stated. */
  readonly doesAdminister: (person: FoldedPerson) => boolean;
  readonly nowMs: () => number;
  readonly randomBytes: (lengthBytes: number) => Bytes;
  /** @throws SignetError `auth.signInRequired` */
  readonly person: () => Person;
  readonly sign: (person: Person, transcript: Transcript, signal?: AbortSignal) => Promise<ProofIn>;
  readonly changeOwn: (change: OwnChange, signal?: AbortSignal) => Promise<unknown>;
}

export class Administration implements Omit<AdministrationApi, "askRecovery" | "trust"> {
  readonly #parties: AdministrationParties;

  constructor(parties: AdministrationParties) {
    this.#parties = parties;
  }

  /** Everybody who is registered. @throws SignetError `admin.notAdministrator` */
  async people(): Promise<readonly AdministeredPerson[]> {
    const link = this.#parties.link();
    const found: AdministeredPerson[] = [];
    for (let after: UserId | undefined; ;) {
      const { isLast, people } = await link.request("admin.people", after === undefined ? {} : { after });
      for (const { entry, reachable, userId } of people) {
        if (entry?.userId === userId) found.push({ ...(await this.#shown(entry)), reachable });
      }
      const last = people.at(-1)?.userId;
      // A server that goes round in circles is not followed.
      if (isLast || last === undefined || (after !== undefined && last <= after)) return found;
      after = last;
    }
  }

  /** Why somebody's history does not hold is shown with them: the others are to be seen all the same. */
  async #shown(entry: DirectoryEntryIn): Promise<Omit<AdministeredPerson, "reachable">> {
    const { administratorDevices, directory, serverOrigin } = this.#parties;
    const result = await foldHistory(entry, { serverOrigin: serverOrigin(), administratorDevices });
    const { userId } = entry;
    if (!result.ok)
      return {
        userId,
        displayName: userId,
        devices: [],
        appointments: [],
        administers: false,
        refused: entryRefusal(result.code),
      };
    const { person } = result;
    const refused = await directory()
      .administered(entry)
      .then(
        () => undefined,
        (error: unknown) => (error instanceof SignetError ? error.code : undefined),
      );
    return {
      userId,
      displayName: shownName(person),
      devices: devicesOf(person),
      appointments: person.appointments,
      administers: this.#parties.doesAdminister(person),
      ...(refused === undefined ? {} : { refused }),
    };
  }

  /** What is asked for just now, with the code that the person sees, if nothing was exchanged on the way. @throws SignetError `admin.notAdministrator` */
  async recoveries(): Promise<readonly OpenRecovery[]> {
    const { link, serverOrigin } = this.#parties;
    const { recoveries } = await link().request("admin.recoveries", {});
    return Promise.all(
      recoveries.map(async ({ publicKey, ...asked }) => ({
        ...asked,
        publicKey,
        code: await recoveryCode(serverOrigin(), asked.userId, publicKey),
      })),
    );
  }

  /** One touch. @throws SignetError `admin.badCode` for what is none, `admin.code` where nobody asks with this code; `admin.*`, `history.*`, `device.*` */
  async recover(userId: UserId, code: string, signal?: AbortSignal): Promise<void> {
    if (!mayBeRecoveryCode(code)) throw new SignetError("admin.badCode");
    const asked = (await this.recoveries()).find(
      (recovery) => recovery.userId === userId && isRecoveryCode(code, recovery.code),
    );
    if (asked === undefined) throw new SignetError("admin.code");
    const { algorithm, kind, name, publicKey } = asked;
    const newDeviceId = await deviceIdOf(publicKey);
    const { proof } = await this.#signFor(
      userId,
      (fields) => ({
        purpose: "recover",
        ...fields,
        newDeviceId,
        newDevicePublicKey: publicKey,
        newDeviceAlgorithm: algorithm,
        newDeviceKind: kind,
        newDeviceName: name,
      }),
      signal,
    );
    await this.#parties.link().request("admin.recover", { proof });
  }

  /** One touch. @throws SignetError `admin.*`, `history.*`, `device.*` */
  async act(userId: UserId, act: AdministrativeAct, signal?: AbortSignal): Promise<void> {
    const { administratorDevices, directory, link, serverOrigin } = this.#parties;
    // What somebody does to themselves is no administrator's act; nobody appoints themselves.
    const own = userId === this.#parties.person().userId ? ownChange(act) : undefined;
    if (own !== undefined) {
      await this.#parties.changeOwn(own, signal);
      return;
    }
    const { person, proof } = await this.#signFor(userId, (fields) => transcriptOf(act, fields), signal);
    const statements = [...person.history.statements, { proofs: [proof] }];
    const options = { serverOrigin: serverOrigin(), administratorDevices, known: person };
    // Before anybody else hears of it.
    const folded = await foldHistory({ ...person.history, statements }, options);
    if (!folded.ok) throw new SignetError(entryRefusal(folded.code));
    const { entry } = await link().request("history.append", { statement: { proofs: [proof] } });
    const kept = await directory().administered(entry);
    if (!equalBytes(headOf(kept), headOf(folded.person))) throw new SignetError("directory.badEntry");
    await directory().changed(entry);
  }

  /** A code with which one person registers, made here: the server has its hash. One touch. @throws SignetError `admin.*`, `device.*` */
  async inviteCode(signal?: AbortSignal): Promise<string> {
    const { link, nowMs, person, randomBytes, serverOrigin, sign } = this.#parties;
    const code = makeInviteCode(randomBytes);
    const own = person();
    const { challenge } = await link().request("history.begin", {});
    const transcript: Transcript<"admit"> = {
      purpose: "admit",
      serverOrigin: serverOrigin(),
      userId: own.userId,
      deviceId: own.deviceId,
      issuedAtMs: nowMs(),
      serverChallenge: challenge,
      codeHash: await sha256(inviteCodeText(code)),
      head: headOf(own.known.person),
    };
    await link().request("admin.invite", { proof: await sign(own, transcript, signal) });
    return code;
  }

  async #signFor(
    userId: UserId,
    make: (fields: AdministratorFields) => Transcript,
    signal?: AbortSignal,
  ): Promise<{ readonly person: FoldedPerson; readonly proof: ProofIn }> {
    const { directory, link, nowMs, person: ownPerson, serverOrigin, sign } = this.#parties;
    const { people } = await link().request("directory.lookup", { userIds: [userId] });
    const entry = people[0]?.entry;
    if (entry?.userId !== userId) throw new SignetError("user.unknown");
    const person = await directory().administered(entry);
    const { challenge } = await link().request("history.begin", {});
    const own = ownPerson();
    const transcript = make({
      serverOrigin: serverOrigin(),
      userId,
      deviceId: own.deviceId,
      issuedAtMs: nowMs(),
      sequence: person.digests.length,
      previous: headOf(person),
      serverChallenge: challenge,
      administrator: own.userId,
      administratorHead: headOf(own.known.person),
    });
    return { person, proof: await sign(own, transcript, signal) };
  }
}

type AdministratorFields = Omit<Transcript<"appoint">, "purpose">;

function ownChange(act: AdministrativeAct): OwnChange | undefined {
  switch (act.type) {
    case "revokeDevice":
      return act;
    case "dismiss":
      return { type: "stepDown" };
    case "appoint":
      return undefined;
  }
}

function transcriptOf(act: AdministrativeAct, fields: AdministratorFields): Transcript {
  switch (act.type) {
    case "revokeDevice":
      return { purpose: "revoke-device", ...fields, revokedDeviceId: act.deviceId, why: act.why };
    case "appoint":
    case "dismiss":
      return { ...fields, purpose: act.type };
  }
}
