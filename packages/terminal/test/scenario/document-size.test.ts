/** A document that is full: what does not fit is refused before anything is changed, and never kept in memory alone without a word. */
import assert from "node:assert/strict";
import { test } from "node:test";

import {
  encodeDocument,
  mostDocumentBytes,
  mostValueBytes,
  TerminalId,
  toBase64Url,
  UserId,
} from "@signet/protocol";
import type { PersonalDocument } from "@signet/protocol";

import { LocalCopy } from "../../src/document/local-copy.ts";
import { MemoryDocumentPlace } from "../../src/document/memory-document-place.ts";
import { OpenDocument } from "../../src/document/open-document.ts";
import { serverOrigin } from "../support/people.ts";

const owner = { serverOrigin, userId: UserId.parse("anna") };
const terminalId = TerminalId.parse(toBase64Url(new Uint8Array(16)));
const tooLarge = { code: "document.tooLarge" };

/** With people of whom so many bytes are kept in all. */
function ofSize(bytes: number): PersonalDocument {
  const stamp = { atMs: 1, counter: 0, terminalId };
  const items = new Map<
    string,
    PersonalDocument["items"] extends ReadonlyMap<string, infer Item> ? Item : never
  >();
  for (let left = bytes, i = 100; left > 0; left -= mostValueBytes, i++) {
    const value = new Uint8Array(Math.min(left, mostValueBytes));
    items.set(`other/${i}`, { removed: undefined, fields: new Map([["value", { stamp, value }]]) });
  }
  return { items, clearedBeforeMs: 0, history: [] };
}

const estimate = mostDocumentBytes - 8_000;
const most = estimate + mostDocumentBytes - encodeDocument(ofSize(estimate)).length;

/** Without a connection. */
const openAt = (place: MemoryDocumentPlace) =>
  new OpenDocument({
    owner,
    place,
    system: { after: () => () => undefined, nowMs: () => 1, random: () => 0 },
    terminalId,
    link: () => assert.fail("there is no connection"),
    person: () => assert.fail("nothing is put"),
    endorsing: () => assert.fail("nothing is put"),
    refusal: () => "connection.lost",
    onChange: () => undefined,
    onFault: (code) => assert.fail(code),
  });

test("a change that fits to a byte is kept; one byte more is refused, and leaves what there was", async () => {
  const place = new MemoryDocumentPlace();
  const document = openAt(place);
  await document.change(() => ofSize(most));
  await assert.rejects(
    document.change(() => ofSize(most + 1)),
    tooLarge,
  );
  assert.deepEqual([document.document, document.lasts], [ofSize(most), true]);
  await document.change(() => ofSize(9));
  const again = openAt(place);
  await again.kept();
  assert.deepEqual(again.document, ofSize(9));
});

test("of two that were merged too much came: it is told, the place stays in use, and what is smaller again is kept", async () => {
  const place = new MemoryDocumentPlace();
  const local = new LocalCopy(owner, place, () => assert.fail("nobody else writes"));
  const write = (bytes: number) =>
    local.write(() => ({ document: ofSize(bytes), key: undefined, seen: undefined }));
  const read = () => new LocalCopy(owner, place, () => undefined).read();
  await write(9);
  // The second one is the same writing.
  const both = await Promise.allSettled([write(most + 1), write(most + 1)]);
  assert.deepEqual(
    both.map((one) => one.status === "rejected" && (one.reason as { code?: string }).code),
    [tooLarge.code, tooLarge.code],
  );
  assert.equal(local.lasts, true);
  assert.deepEqual((await read())?.document, ofSize(9));
  await write(most);
  assert.deepEqual((await read())?.document, ofSize(most));
});
