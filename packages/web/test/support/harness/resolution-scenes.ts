/** What is put to those in a call: while it goes on, and after it. */
import type { CallView, ShownResolution, TerminalState } from "@signet/terminal";

import { id, person, verified } from "./people.ts";
import { callAt, ended, self, signedIn } from "./scene-parts.ts";

const longText = Array.from({ length: 60 }, (_, i) => `${i + 1}. The board pays what was agreed.`).join("\n");

const resolution = (
  nowMs: number,
  number: number,
  whole: string,
  more: Partial<ShownResolution> = {},
): ShownResolution => ({
  id: `resolution-${number}`,
  number,
  proposer: id("bob"),
  subject: { type: "text", text: whole },
  whole,
  rule: { type: "all", userIds: [id("alice"), id("bob")], needed: 2 },
  proposedAtMs: nowMs - 60_000,
  state: "open",
  approvedBy: [id("bob")],
  rejectedBy: [],
  cms: [],
  missing: [id("alice")],
  mayDecide: true,
  mayWithdraw: false,
  ...more,
});

const decided = (nowMs: number): readonly ShownResolution[] => [
  resolution(nowMs, 1, "Release 12,000 € to Acme⟨U+202E⟩ today.", {
    subject: { type: "text", text: "Release 12,000 € to Acme\u202e today." },
    state: "adopted",
    approvedBy: [id("bob"), id("alice")],
    cms: [{ userId: id("bob") }],
    missing: [],
    mayDecide: false,
  }),
];

const file: Partial<ShownResolution> = {
  subject: { type: "file", name: "contract.pdf", sha256: new Uint8Array(32).fill(0xab), sizeBytes: 48_213 },
  proposer: id("alice"),
  rule: { type: "named", userIds: [id("bob")], needed: 1 },
  approvedBy: [],
  missing: [id("bob")],
  mayDecide: false,
  mayWithdraw: true,
};

const within = (
  nowMs: number,
  shown: readonly ShownResolution[],
  change: Partial<NonNullable<CallView["resolutions"]>> = {},
): TerminalState => ({
  ...signedIn(nowMs),
  call: callAt(nowMs, {
    participants: [self(nowMs), person("bob", "Bob Builder", "joined", { verification: verified(nowMs) })],
    resolutions: { shown, troubles: [], unread: [], ...change },
  }),
});

export const resolutionScenes = {
  inCallOfTwo: (nowMs: number) => within(nowMs, []),
  resolutionAsked: (nowMs: number) => within(nowMs, [...decided(nowMs), resolution(nowMs, 2, longText)]),
  resolutionDecided: (nowMs: number) => within(nowMs, decided(nowMs)),
  resolutionTroubles: (nowMs: number) =>
    within(
      nowMs,
      [
        resolution(nowMs, 1, "Short.", { cms: [{ userId: id("bob"), refusal: "certificate.notAccepted" }] }),
        resolution(nowMs, 2, `contract.pdf\n48213\n${"ab".repeat(32)}`, file),
      ],
      {
        troubles: [{ code: "word.gap" }, { code: "resolution.otherText", userId: id("bob") }],
        unread: [id("bob")],
      },
    ),
  summaryResolved: (nowMs: number): TerminalState => {
    const over = ended(nowMs, { type: "left" });
    const shown = decided(nowMs);
    return { ...over, call: { ...over.call!, resolutions: { shown, troubles: [], unread: [] } } };
  },
  /** Bob asked for signatures on who is in the call. */
  recordKept: (nowMs: number): TerminalState => {
    const during = within(nowMs, []);
    return {
      ...during,
      call: { ...during.call!, record: { keeping: false, keepers: [id("bob")], troubles: [] } },
    };
  },
  recordDoubted: (nowMs: number): TerminalState => {
    const during = within(nowMs, []);
    const troubles = [{ code: "record.otherEpoch", userId: id("bob") }] as const;
    return {
      ...during,
      call: { ...during.call!, record: { keeping: true, keepers: [id("alice")], troubles } },
    };
  },
} as const;
