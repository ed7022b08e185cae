import assert from "node:assert/strict";
import { test } from "node:test";

import { callScheme, callUrl, isCallPath, longestCallPath, peopleOfCallPath, UserId } from "@signet/protocol";

const bob = UserId.parse("bob");

test("a link to somebody leads to them, typed in any letters, from the system's own scheme, and with others", () => {
  const { pathname } = new URL(callUrl("https://calls.example.org", bob));
  for (const path of [
    pathname,
    "/call/BOB",
    `/call/${encodeURIComponent(`${callScheme}:bob`)}`,
    "/call/bob,bob",
  ])
    assert.deepEqual(peopleOfCallPath(path), ["bob"], path);
  assert.deepEqual(peopleOfCallPath("/call/web%2Bsignet%3Aann.b,bob"), ["ann.b", "bob"]);
});

test("what is no such link is none, and one that is odd anywhere leads to nobody", () => {
  for (const path of ["/", "/call", "/calls/bob", "/x/call/bob", "//call/bob"])
    assert.equal(peopleOfCallPath(path), undefined, path);
  for (const path of [
    "/call/",
    "/call/b",
    "/call/bob,",
    "/call/bob,Call%20this",
    "/call/bob/ann",
    "/call/bob%2Fann",
    "/call/%E0%A4%A",
    "/call/web%2Bsignet%3A%2F%2Fbob",
    "/call/web%2Bother%3Abob",
    "/call/bob%00",
    // Nobody calls a guest.
    "/call/~a4dqobyha4dqobyha4dqobyha4",
    `/call/${"bob,".repeat(600)}bob`,
  ])
    assert.deepEqual(peopleOfCallPath(path), [], path);
});

test("the page stands where such a link may be, and nowhere else", () => {
  for (const path of ["/call/bob", "/call/", "/call/web%2Bsignet%3Abob", "/call/odd~"])
    assert.ok(isCallPath(path), path);
  for (const path of [
    "/call",
    "/call/bob/",
    "/call/..%5c/x",
    "/call/bob\\evil",
    "/call//example.org",
    "/call/bob\n",
    "//call/bob",
    "/callx/bob",
  ])
    assert.equal(isCallPath(path), false, path);
  assert.equal(isCallPath(`/call/${"a".repeat(longestCallPath)}`), false);
});
