import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { UserId } from "@signet/terminal";
import type { ResolutionSubject } from "@signet/terminal";

import { isApprovedBy, readApprovalRule } from "../../src/run/approval-rule.ts";

const [ben, cara] = ["ben", "cara"].map((id) => UserId.parse(id)) as [UserId, UserId];
const of = (text: string): ResolutionSubject => ({ type: "text", text });
const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

function fits(rule: string, subject: ResolutionSubject, proposer = ben): boolean {
  const read = readApprovalRule(rule);
  assert.ok(read !== undefined, rule);
  return isApprovedBy(read, { proposer, subject });
}

test("what fits exactly is approved, and nothing else", () => {
  assert.ok(fits("text:Pay=all", of("Pay=all")));
  assert.ok(!fits("text:Pay", of("Pay ")));
  assert.ok(fits(`sha256:${digest("Pay").toUpperCase()}`, of("Pay")));
  assert.ok(!fits(`sha256:${digest("Pay")}`, of("Pay more")));
  const file: ResolutionSubject = {
    type: "file",
    name: "a.pdf",
    sha256: Uint8Array.from(Buffer.from(digest("Pay"), "hex")),
    sizeBytes: 3,
  };
  assert.ok(fits(`sha256:${digest("Pay")}`, file));
  assert.ok(!fits("/.*/", file), "a pattern is of texts");
});

test("a pattern is for the whole of a text, and for one proposer where one is named", () => {
  const rule = "ben=/Release [0-9]{1,5} to (Acme|Beta)/";
  assert.ok(fits(rule, of("Release 12000 to Acme")));
  for (const other of [
    "Release 120000 to Acme",
    "x Release 1 to Acme",
    "Release 1 to Acme\nand all to me",
    "Release 1 to Beta ",
  ])
    assert.ok(!fits(rule, of(other)), other);
  assert.ok(!fits(rule, of("Release 12000 to Acme"), cara));
  assert.ok(!fits("/a|b/", of("ab")), "also where it has alternatives");
});

test("what is no rule is none", () => {
  for (const none of [
    "",
    "Pay",
    "sha256:abc",
    "text:",
    "//",
    "/(/",
    "B=/x/",
    "=/x/",
    "ben=",
    `sha256:${"g".repeat(64)}`,
  ])
    assert.equal(readApprovalRule(none), undefined, none);
});
