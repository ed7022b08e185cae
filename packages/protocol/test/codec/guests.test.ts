/** Whose ID a guest's is, and what a guest may be called: nothing that reads as somebody who was verified. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  DeviceId,
  UserId,
  guestCode,
  guestIdOf,
  guestLink,
  isGuestId,
  isGuestName,
  isGuestPath,
  isNewUserId,
  longestGuestName,
  pairingCode,
  toBase64Url,
} from "@signet/protocol";

const deviceId = (n: number): DeviceId => DeviceId.parse(toBase64Url(new Uint8Array(16).fill(n)));

test("a guest's ID is the key's, stands where a user ID does, and is nobody's who registers", () => {
  const id = guestIdOf(deviceId(7));
  assert.equal(id, "~a4dqobyha4dqobyha4dqobyha4");
  assert.notEqual(id, guestIdOf(deviceId(8)));
  assert.ok(UserId.safeParse(id).success);
  assert.ok(isGuestId(id));
  assert.equal(isNewUserId(id), false);
  for (const userId of [
    "anna",
    "a-guest",
    "guest.anna",
    "~anna",
    id.slice(0, -1),
    id.toUpperCase(),
    `${id}a`,
    id.slice(1),
  ])
    assert.equal(UserId.safeParse(userId).success && isGuestId(userId), false, userId);
  assert.ok(isNewUserId("anna"));
  assert.throws(() => guestIdOf("short" as DeviceId), RangeError);
});

test("a guest has a name of letters, digits and what stands between them, and of nothing that looks like a mark", () => {
  for (const name of ["Gus", "Anna Li", "李安娜", "Łucja O’Neill-Żak", "آنا", "Ann 2", "می‌خواهم"])
    assert.ok(isGuestName(name), name);
  const refused = [
    "",
    " Gus",
    "Anna Li ✓",
    "Anna Li ✅ verified",
    "Anna” (verified) “",
    'Anna" verified "',
    "Anna (verified)",
    "🔒 Anna",
    "anna\u202Eanna",
    "anna\u0000",
    "a\nverified",
    "~anna",
    "…",
    "-",
    "「安娜」",
    "x".repeat(longestGuestName + 1),
  ];
  for (const name of refused) assert.equal(isGuestName(name), false, JSON.stringify(name));
  assert.ok(isGuestName("x".repeat(longestGuestName)));
});

test("a code is half in the link and half spoken; neither half is a code", () => {
  const code = pairingCode(Uint8Array.from({ length: 20 }, (_, i) => i * 7));
  const { spoken, url } = guestLink("https://calls.example.org", code);
  const { hash, pathname } = new URL(url);
  assert.ok(isGuestPath(pathname));
  assert.equal(hash.length, 1 + 12);
  assert.match(spoken, /^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  assert.equal(guestCode(hash, spoken), code);
  assert.equal(guestCode(hash, ` ${spoken.toLowerCase().replace("-", " ")} `), code);
  for (const [linked, typed] of [
    ["", spoken],
    [hash, ""],
    [hash, spoken.slice(1)],
    [hash, `${spoken}A`],
  ] as const)
    assert.equal(guestCode(linked, typed), undefined);
  assert.equal(isGuestPath("/"), false);
});
