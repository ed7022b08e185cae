/** Generated bodies of the requests that have to do with administrators. */
import fc from "fast-check";

import { anyBytes, userId, timeMs, digest, nothing, chained, entry, statement } from "./message-parts.ts";

export const administrationBodies = {
  "recovery.begin": fc.record({ userId }),
  "recovery.ask": fc.record(
    {
      userId,
      challenge: anyBytes(32, 32),
      device: fc.record({
        kind: fc.constantFrom("webauthn" as const, "pkcs11" as const, "software" as const),
        algorithm: fc.constantFrom("ES256" as const, "EdDSA" as const),
        publicKey: anyBytes(32, 100),
        name: fc.constant("Desk"),
      }),
      webauthn: fc.record({
        credentialId: anyBytes(1, 64),
        attestationObject: anyBytes(1, 64),
        clientDataJson: anyBytes(1, 64),
      }),
    },
    { requiredKeys: ["userId", "challenge", "device"] },
  ),
  "recovery.finish": fc.record({ statement: chained }),
  "recovery.close": nothing,
  "directory.administrators": fc.record({ userId }, { requiredKeys: [] }),
  "admin.people": fc.record({ after: userId }, { requiredKeys: [] }),
  "admin.recoveries": nothing,
  "admin.recover": statement,
  "admin.invite": statement,
};

export const administrationReplies = {
  "recovery.begin": fc.record({ challenge: digest, expiresAtMs: timeMs, entry }),
  "recovery.ask": fc.record({ expiresAtMs: timeMs }),
  "recovery.finish": fc.record({ entry }),
  "recovery.close": nothing,
  "directory.administrators": fc.record(
    { named: fc.array(userId, { maxLength: 3 }), entry },
    { requiredKeys: ["named"] },
  ),
  "admin.people": fc.record({
    people: fc.array(
      fc.record({ userId, reachable: fc.boolean(), entry }, { requiredKeys: ["userId", "reachable"] }),
      { maxLength: 3 },
    ),
    isLast: fc.boolean(),
  }),
  "admin.recoveries": fc.record({
    recoveries: fc.array(
      fc.record({
        userId,
        kind: fc.constantFrom("webauthn" as const, "software" as const),
        algorithm: fc.constantFrom("ES256" as const, "EdDSA" as const),
        publicKey: anyBytes(32, 100),
        name: fc.constant("Desk"),
        askedAtMs: timeMs,
        expiresAtMs: timeMs,
      }),
      { maxLength: 2 },
    ),
  }),
  "admin.recover": nothing,
  "admin.invite": nothing,
};
