/** Names, keys, resolutions and notes at limits of the protocol are taken, and those beyond are refused. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { verifyFile } from "../../src/index.ts";
import { atLimits } from "../support/at-limits.ts";

test("what is at a limit is taken, and nothing beyond", async () => {
  const said: Record<string, string> = {};
  for (const { name, text } of await atLimits()) {
    const verified = await verifyFile(text);
    said[name.slice("limit-".length)] = verified.kind === "refused" ? verified.code : "taken";
  }
  const taken = "taken";
  assert.deepEqual(said, {
    "person-64-characters": taken,
    "person-65-characters": "record.form",
    "person-soft-hyphen": "record.form",
    "person-joiner": taken,
    "person-direction": "record.form",
    "person-ideographic-space": "record.form",
    "person-line-separator": "record.form",
    "guest-plain": taken,
    "guest-32-letters": taken,
    "guest-33-letters": "guest.word",
    "guest-34-units": "guest.word",
    "guest-number": taken,
    "guest-no-letter": "guest.word",
    "guest-quoted": "guest.word",
    "guest-emoji": "guest.word",
    "guest-four-marks": taken,
    "guest-five-marks": "guest.word",
    "guest-six-beside": taken,
    "guest-seven-beside": "guest.word",
    "guest-mark-first": "guest.word",
    "guest-mark-after-space": "guest.word",
    "guest-blank": "guest.word",
    "guest-no-break-space": "guest.word",
    "key-software-rsa": "proof.algorithm",
    "key-token-rsa-3": "proof.algorithm",
    "text-4000": taken,
    "text-4001": "resolution.malformed",
    "text-blank": "resolution.malformed",
    "text-control": taken,
    "file-255": taken,
    "file-256": "resolution.malformed",
    "asked-256": taken,
    "asked-257": "resolution.malformed",
    "asked-guest": "resolution.malformed",
    "resolutions-64": taken,
    "resolutions-65": "resolution.tooMany",
    "note-longest": taken,
    "note-too-long": "record.form",
    "note-lines": taken,
    "note-too-many-lines": "record.checkpoint",
  });
});
