import type { Verification } from "@signet/terminal";

import { clockTime, fullDay } from "../lib/duration.ts";
import { anchorWords, deviceKindMeaning, deviceKindWords, userVerifiedWords } from "../lib/words.ts";
import { SealIcon } from "./icons.tsx";

/** The seal, and behind it what was checked: unfolds on demand. */
export function VerifiedBadge({ verification, name }: { verification: Verification; name: string }) {
  const software = verification.kind === "software";
  return (
    <details class={`badge ${software ? "software" : "sealed"}`}>
      <summary>
        <SealIcon />
        <span>
          Verified
          {software && ", software key"}
          {verification.certificate !== undefined && `, certified by ${verification.certificate.issuer}`}
          {verification.firstSeen && ", first time"}
          <span class="hidden-text">. {name}: what stands behind it</span>
        </span>
      </summary>
      <VerificationFacts verification={verification} />
    </details>
  );
}

export function VerificationFacts({ verification }: { verification: Verification }) {
  const { kind, firstSeen, signedAtMs, deviceId, certificate, recovered } = verification;
  return (
    <dl class="facts">
      <dt>Device</dt>
      <dd>
        {deviceKindWords[kind]}
        <small>{deviceKindMeaning[kind]}</small>
      </dd>
      {certificate !== undefined && (
        <>
          <dt>Certificate</dt>
          <dd>
            for {certificate.subject}, certified by {certificate.issuer}, valid until{" "}
            {fullDay(certificate.validUntilMs)}
            <small>{anchorWords[certificate.anchoredBy]}</small>
          </dd>
        </>
      )}
      <dt>{kind === "webauthn" ? "Touched" : "Signed"}</dt>
      <dd>{clockTime(signedAtMs)}, for this call only</dd>
      <dt>PIN or fingerprint</dt>
      <dd>{userVerifiedWords(verification)}</dd>
      <dt>Key</dt>
      <dd>
        {firstSeen ? "first seen now" : "the one this browser has met before"}{" "}
        <code>{deviceId.slice(0, 8)}</code>
        {firstSeen && <small>Make sure that it is this person: ask, or compare the code of the call.</small>}
      </dd>
      {recovered !== undefined && (
        <>
          <dt>Recovered</dt>
          <dd>
            by the administrator {recovered.by.userId} on {fullDay(recovered.atMs)}
            <small>Their former devices were lost. This stays to be seen.</small>
          </dd>
        </>
      )}
    </dl>
  );
}
