/** Requests of administrators, of whoever is brought back by one, and about who administers. */
import { z } from "zod";

import { StatedEntry } from "../entry.ts";
import { StatementIn } from "../history.ts";
import { DisplayName, UserId } from "../ids.ts";
import { DeviceAlgorithm, DeviceKind, ProofIn, wireBytes } from "../proof.ts";
import { TimeMs, WebAuthnCreationIn } from "./parts.ts";
import { Challenge, PersonState, done, nothing } from "./shared.ts";

/** Open recoveries: nobody has more people at the door. */
export const mostRecoveries = 64;
/** Administrators by the server's configuration. */
export const mostAdministrators = 64;
/** Of a page of everybody: with their histories they have to fit into a message. */
const mostPeopleOfPage = 64;

/** A device that wants to be a person's who has none any more. Nothing of it is checked: it is what the terminal says. */
const recoveringDevice = {
  kind: DeviceKind,
  algorithm: DeviceAlgorithm,
  publicKey: wireBytes(1024, 32),
  name: DisplayName,
};

export const administrationRequests = {
  /**
   * Before a sign-in: for whoever lost all their devices, a challenge with which a new one may be made. `entry`: the person's history,
   * as `sign-in.begin` shows it.
   */
  "recovery.begin": {
    body: z.strictObject({ userId: UserId }),
    reply: z.object({ challenge: Challenge, expiresAtMs: TimeMs, entry: StatedEntry }),
  },
  /**
   * Asks the administrators to recover the person with this device. Kept for some minutes, for this terminal, which may ask the same again on
   * another connection; what an administrator signs comes as `recovery.approved`.
   */
  "recovery.ask": {
    body: z.strictObject({
      userId: UserId,
      challenge: Challenge,
      device: z.strictObject(recoveringDevice),
      /** Of a WebAuthn device, made with the challenge. */
      webauthn: WebAuthnCreationIn.optional(),
    }),
    reply: z.object({ expiresAtMs: TimeMs }),
  },
  /** What the administrator signed and, over the same transcript, the new device. */
  "recovery.finish": {
    body: z.strictObject({ statement: StatementIn }),
    reply: z.object({ entry: StatedEntry }),
  },
  /** What this terminal asked for is given up. Also where nothing is. */
  "recovery.close": { body: nothing, reply: done },

  /** Who administers by the server's configuration and, where somebody is asked for who does or did, their history. Before a sign-in, too. */
  "directory.administrators": {
    body: z.strictObject({ userId: UserId.optional() }),
    reply: z.object({ named: z.array(UserId).max(mostAdministrators), entry: StatedEntry.optional() }),
  },
  /** Everybody, a page at a time, by user ID; for administrators. */
  "admin.people": {
    body: z.strictObject({ after: UserId.optional() }),
    reply: z.object({ people: z.array(PersonState).max(mostPeopleOfPage), isLast: z.boolean() }),
  },
  /** Recoveries that were asked for; for administrators. */
  "admin.recoveries": {
    body: nothing,
    reply: z.object({
      recoveries: z
        .array(
          z.object({
            ...recoveringDevice,
            userId: UserId,
            askedAtMs: TimeMs,
            expiresAtMs: TimeMs,
          }),
        )
        .max(mostRecoveries),
    }),
  },
  /** The `recover` of an administrator, which the new device has to sign yet. */
  "admin.recover": { body: z.strictObject({ proof: ProofIn }), reply: done },
  /** The `admit` of an administrator: the code whose hash it names registers one person. */
  "admin.invite": { body: z.strictObject({ proof: ProofIn }), reply: done },
} as const;
