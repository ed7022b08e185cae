/** What others chose as names, and what a server says, must not act on the window that it is printed in. */
import assert from "node:assert/strict";
import { test } from "node:test";

import type { CallId, DeviceId, UserId } from "@signet/terminal";
import fc from "fast-check";

import { clean } from "../../src/output/clean.ts";
import type { CommandEvent } from "../../src/output/events.ts";
import { JsonOutput } from "../../src/output/json-output.ts";
import { PlainOutput } from "../../src/output/plain-output.ts";

/** Escape sequences, C1 controls, line ends, marks that turn the direction of writing, and tags that nobody sees. */
const hostile = [
  "\u001B[2J\u001B[1;1Hben",
  "\u009B31mben",
  "ben\r\nerror: all is well",
  "ben\u0007\u0008\u0008\u0008anna",
  "\u202Eanna",
  "ben\u2028anna",
  "be\u200Bn",
  "ben\u{E0041}",
  "\uD800",
];
const acts = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const ringing = (displayName: string, issuer: string): CommandEvent => ({
  event: "ringing",
  callId: "c" as CallId,
  from: {
    userId: "ben" as UserId,
    displayName,
    verifiedBy: {
      device: "pkcs11",
      deviceId: "d" as DeviceId,
      signedAt: "",
      userVerified: true,
      firstSeen: true,
      certificate: { subject: displayName, issuer, validUntil: "", anchoredBy: "server" },
    },
  },
  others: [{ userId: "cara" as UserId, displayName, state: "ringing" }],
  until: "",
});

test("joiners are printed where letters and pictures need them, and nowhere else", () => {
  for (const name of ["می\u200Cخواهم", "क्\u200Dष", "👨\u200D👩\u200D👧"]) assert.equal(clean(name), name);
  for (const [name, cleaned] of [
    ["be\u200Dn", "be\uFFFDn"],
    ["می\u200C", "می\uFFFD"],
    ["👨\u200Da", "👨\uFFFDa"],
  ] as const)
    assert.equal(clean(name), cleaned);
});

test("plain lines are one line each, whatever a name holds", () => {
  for (const name of hostile) {
    const lines: string[] = [];
    new PlainOutput((line) => lines.push(line)).event(ringing(name, name));
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0] ?? "", acts, JSON.stringify(name));
    assert.match(lines[0] ?? "", /^ben \(.*\) calls: verified, smart card or token/);
  }
});

test("JSON lines hold every name as it is, in marks that no window acts on", () => {
  for (const name of hostile) {
    const lines: string[] = [];
    new JsonOutput(
      (line) => lines.push(line),
      () => 0,
    ).event(ringing(name, "CA"));
    assert.equal(lines.length, 1);
    assert.doesNotMatch(lines[0] ?? "", acts, JSON.stringify(name));
    const read = JSON.parse(lines[0] ?? "") as { readonly from: { readonly displayName: string } };
    assert.equal(read.from.displayName, name);
  }
});

test("cleaning leaves nothing that acts, and everything else as it was", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      assert.doesNotMatch(clean(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/u);
    }),
  );
  for (const name of ["Anna Arm", "Ανδρέας", "安娜", "Zoë d’Arc-en-ciel", "🦊"])
    assert.equal(clean(name), name);
});
