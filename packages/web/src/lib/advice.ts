import type { ErrorCode } from "@signet/terminal";

/** Failed checks that end a call: what stands behind them, and what one can do. The sentence itself is the table's. */
export interface Advice {
  readonly title: string;
  readonly steps: readonly string[];
}

const keyChanged: Advice = {
  title: "A person's key is not the one you know",
  steps: [
    "It may be harmless: a new security key after the old one was lost.",
    "It may be somebody else who pretends to be this person, with the help of the server.",
    "Ask the person in another way, face to face or by telephone, whether the device is new.",
  ],
};

const rejectedMember: Advice = {
  title: "Somebody could not be verified",
  steps: [
    "This terminal left at once, and what is said from now on does not reach it or come from it.",
    "Start again with the people you know. If it happens again, the server is not to be trusted.",
  ],
};

const framesStopped: Advice = {
  title: "Your sound was stopped",
  steps: ["Signet sends nothing that is not encrypted.", "Leave and join again, or use another browser."],
};

const badEntry: Advice = {
  title: "The server's directory does not verify",
  steps: ["Tell the person who runs this server, in another way than through it."],
};

const certificateMissing: Advice = {
  title: "A certificate is missing",
  steps: [
    "The server may hide that it ran out or was revoked.",
    "Ask the person in another way, and tell whoever runs this server.",
  ],
};

const administratorUnknown: Advice = {
  title: "The server shows another administrator",
  steps: [
    "It may be harmless: whoever runs the server took somebody on.",
    "It may be that the server wants to bring in devices of its own for people you know.",
  ],
};

const administratorLapsed: Advice = {
  title: "An administrator rests on somebody's word that counts no more",
  steps: [
    "It may be harmless: whoever appointed or recovered them left since, or has other devices now.",
    "It may be that somebody who administers no more wants to bring in devices of their own for people you know.",
  ],
};

const adviceTable: Partial<Record<ErrorCode, Advice>> = {
  "admin.lapsed": administratorLapsed,
  "admin.unknown": administratorUnknown,
  "directory.keyChanged": keyChanged,
  "directory.badEntry": badEntry,
  "certificate.missing": certificateMissing,
  "call.rejectedMember": rejectedMember,
  "call.broughtBack": rejectedMember,
  "mls.spentKey": rejectedMember,
  "mls.credential": rejectedMember,
  "mls.refused": rejectedMember,
  "mls.unasked": rejectedMember,
  "mls.otherList": rejectedMember,
  "frames.plaintextDetected": framesStopped,
  "frames.unsupported": framesStopped,
  "frames.workerFailed": framesStopped,
};

export function adviceFor(code: ErrorCode): Advice | undefined {
  return adviceTable[code];
}

/** Whether the code says that something was checked, and does not hold; not that something broke, or took too long. */
export function isFailedCheck(code: ErrorCode): boolean {
  if (adviceFor(code) !== undefined) return true;
  return (
    /^(proof|certificate|directory|history|mls)\./.test(code) &&
    code !== "mls.failed" &&
    code !== "mls.closed"
  );
}
