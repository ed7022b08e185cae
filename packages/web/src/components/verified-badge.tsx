import type { Comparison, UserId, Verification } from "@signet/terminal";
import { clausesInOne, clockTime, fullDay } from "@signet/words";
import { texts } from "@signet/words/page";

import { userVerifiedWords } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { SealIcon } from "./icons.tsx";

interface VerifiedBadgeProps {
  verification: Verification;
  name: string;
  userId: UserId;
}

/** The seal, and behind it what was checked: unfolds on demand. */
export function VerifiedBadge({ verification, name, userId }: VerifiedBadgeProps) {
  const { personal } = useModel().state.value;
  const comparison = personal?.comparisons?.find((one) => one.userId === userId && one.status === "holds");
  const software = verification.kind === "software";
  return (
    <details class={`badge ${software ? "software" : "sealed"}`}>
      <summary>
        <SealIcon />
        <span>
          {verifiedClauses(verification, comparison)}
          <span class="hidden-text">{texts().verification.behind(name)}</span>
        </span>
      </summary>
      <VerificationFacts verification={verification} />
    </details>
  );
}

function verifiedClauses(
  { certificate, firstSeen, kind }: Verification,
  comparison: Comparison | undefined,
): string {
  const text = texts().verification;
  return clausesInOne(
    text.verified,
    ...(kind === "software" ? [text.softwareKey] : []),
    ...(certificate === undefined ? [] : [text.certifiedBy(certificate.issuer)]),
    ...(comparison === undefined ? [] : [texts().comparing.badge(fullDay(comparison.atMs))]),
    ...(firstSeen ? [text.firstSeen] : []),
  );
}

export function VerificationFacts({ verification }: { verification: Verification }) {
  const { kind, firstSeen, signedAtMs, deviceId, certificate, recovered } = verification;
  return (
    <dl class="facts">
      <dt>{texts().verification.device}</dt>
      <dd>
        {texts().devices.kinds[kind]}
        <small>{texts().verification.meaning[kind]}</small>
      </dd>
      {certificate !== undefined && (
        <>
          <dt>{texts().verification.certificate}</dt>
          <dd>
            {texts().verification.certificateFacts(
              certificate.subject,
              certificate.issuer,
              fullDay(certificate.validUntilMs),
            )}
            <small>{texts().verification.anchor[certificate.anchoredBy]}</small>
          </dd>
        </>
      )}
      <dt>{kind === "webauthn" ? texts().verification.touched : texts().verification.signed}</dt>
      <dd>{texts().verification.forThisCall(clockTime(signedAtMs))}</dd>
      <dt>{texts().verification.pin}</dt>
      <dd>{userVerifiedWords(verification)}</dd>
      <dt>{texts().verification.key}</dt>
      <dd>
        {firstSeen ? texts().verification.keyNew : texts().verification.keyKnown}{" "}
        <code>{deviceId.slice(0, 8)}</code>
        {firstSeen && <small>{texts().verification.makeSure}</small>}
      </dd>
      {recovered !== undefined && (
        <>
          <dt>{texts().verification.recovered}</dt>
          <dd>
            {texts().verification.recoveredBy(recovered.by.userId, fullDay(recovered.atMs))}
            <small>{texts().verification.recoveredText}</small>
          </dd>
        </>
      )}
    </dl>
  );
}
