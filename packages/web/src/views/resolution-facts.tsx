/** What a resolution is about, and who decided it: in the call and after it. */
import type { CallView, ShownResolution } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";

import { nameIn } from "../lib/resolutions.ts";

export function WhatIsResolved({ resolution }: { resolution: ShownResolution }) {
  const { subject, whole } = resolution;
  if (subject.type === "text")
    return (
      <p class="resolution-text" dir="auto">
        {whole}
      </p>
    );
  const words = texts().resolutions;
  const lines = whole.split("\n");
  return (
    <dl class="facts">
      {[words.fileName, words.fileSize, words.fileDigest].map((label, i) => (
        <div key={label} class="fact">
          <dt>{label}</dt>
          <dd dir="auto">{lines[i]}</dd>
        </div>
      ))}
    </dl>
  );
}

export function WhoDecided({ call, resolution }: { call: CallView; resolution: ShownResolution }) {
  const words = texts().resolutions;
  const nameOf = nameIn(call);
  const { approvedBy, cms, missing, rejectedBy, state } = resolution;
  const signers = cms.map(({ refusal, userId }) =>
    refusal === undefined ? nameOf(userId) : words.cmsUncertified(nameOf(userId), sentenceFor(refusal)),
  );
  const people = [
    [words.approvedBy, approvedBy.map(nameOf)],
    [words.cms, signers],
    [words.rejectedBy, rejectedBy.map(nameOf)],
    [words.missing, state === "open" ? missing.map(nameOf) : []],
  ] as const;
  return (
    <dl class="facts">
      {people
        .filter(([, names]) => names.length > 0)
        .map(([label, names]) => (
          <div key={label} class="fact">
            <dt>{label}</dt>
            <dd>{names.join(", ")}</dd>
          </div>
        ))}
    </dl>
  );
}
