/** Revocation lists: what they revoke, and when they say nothing. */
import { before, test } from "node:test";

import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { assertCode, assertValid, makeChain, validateChain } from "../support/certificate-chain.ts";
import type { Chain } from "../support/certificate-chain.ts";
import { Extension, KeyUsageFlags, der, makeCrl, makeRoot } from "../support/certificates.ts";
import type { CrlWish } from "../support/certificates.ts";
import { hourMs, nowMs } from "../support/people.ts";

let chain: Chain;

before(async () => {
  chain = await makeChain({ intermediate: { serial: "0abc01" }, leaf: { serial: "00f00d" } });
});

const withLists = async (crls: readonly Bytes[], atMs = nowMs) =>
  validateChain(chain, { trust: { crls }, atMs });

const revoked = "certificate.revoked";
const unknown = "certificate.revocationUnknown";

test("a revoked device, a revoked authority: certificate.revoked", async () => {
  const { root, intermediate } = chain;
  await assertValid(withLists([await makeCrl(root), await makeCrl(intermediate)]));
  await assertCode(withLists([await makeCrl(intermediate, { revoked: ["f00d"] })]), revoked);
  await assertCode(withLists([await makeCrl(root, { revoked: ["0abc01"] })]), revoked);
  // The same serial number of another authority.
  await assertValid(withLists([await makeCrl(root, { revoked: ["f00d", "0abc02"] })]));
  // One list among others.
  const lists = [await makeCrl(intermediate), await makeCrl(intermediate, { revoked: ["01", "f00d"] })];
  await assertCode(withLists(lists), revoked);
});

test("a list that another authority of the same name signed revokes nothing, and does not stand for the right one", async () => {
  const { root, intermediate } = chain;
  const impostor = await makeRoot({ name: intermediate.name });
  const own = await makeCrl(intermediate);
  for (const list of [
    await makeCrl(impostor, { revoked: ["f00d"] }),
    await makeCrl(impostor, { nextUpdateMs: nowMs - 1000 }),
  ]) {
    await assertCode(withLists([list]), unknown);
    await assertValid(withLists([list, own]));
  }
  // One of the right key under another name is about somebody else.
  const other = await makeCrl(intermediate, { issuerName: "CN=Other", revoked: ["f00d"] });
  await assertValid(withLists([other]));
  const renamed = await makeCrl(intermediate, { issuerName: root.name, revoked: ["f00d"] });
  await assertCode(withLists([renamed]), unknown);
  await assertValid(withLists([renamed, await makeCrl(root)]));
});

test("an altered list, or one with a signature that does not count: certificate.revocationUnknown", async () => {
  const list = await makeCrl(chain.intermediate, { revoked: ["f00d"] });
  await assertCode(withLists([list]), revoked);
  const forged = list.slice();
  forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
  await assertCode(withLists([forged]), unknown);
  await assertValid(withLists([forged, await makeCrl(chain.intermediate)]));
});

test("a list that is over, or has not begun: certificate.revocationUnknown", async () => {
  const wish: CrlWish = { thisUpdateMs: nowMs - hourMs, nextUpdateMs: nowMs + hourMs };
  for (const authority of [chain.root, chain.intermediate]) {
    const list = await makeCrl(authority, wish);
    await assertCode(withLists([list], nowMs - hourMs - 1), unknown);
    await assertValid(withLists([list], nowMs - hourMs));
    await assertValid(withLists([list], nowMs + hourMs));
    await assertCode(withLists([list], nowMs + hourMs + 1), unknown);
    // A current one beside it will do.
    await assertValid(withLists([list, await makeCrl(authority)], nowMs + hourMs + 1));
  }
});

test("what was revoked stays so when the list is over", async () => {
  const over = await makeCrl(chain.intermediate, { revoked: ["f00d"], nextUpdateMs: nowMs - 1000 });
  await assertCode(withLists([over]), revoked);
});

test("a list without an end: certificate.revocationUnknown", async () => {
  await assertCode(withLists([await makeCrl(chain.intermediate, { withoutEnd: true })]), unknown);
});

test("a delta, a part, an indirect list, or something critical: certificate.revocationUnknown", async () => {
  const partial = der(0x30, der(0x81, Uint8Array.of(0xff)));
  const indirect = der(0x30, der(0x84, Uint8Array.of(0xff)));
  const number = der(0x02, Uint8Array.of(1));
  const wrong = [
    new Extension("2.5.29.27", true, number),
    new Extension("2.5.29.27", false, number),
    new Extension("2.5.29.28", true, partial),
    new Extension("2.5.29.28", false, indirect),
    new Extension("1.2.3.4", true, number),
  ];
  for (const extension of wrong) {
    const list = await makeCrl(chain.intermediate, { extensions: [extension] });
    await assertCode(withLists([list]), unknown);
  }
  const other = await makeCrl(chain.intermediate, { revoked: ["01"], onBehalfOf: "CN=Other" });
  await assertCode(withLists([other]), unknown);
  await assertValid(withLists([await makeCrl(chain.intermediate, { revoked: ["01"] })]));
  const numbered = await makeCrl(chain.intermediate, {
    extensions: [new Extension("2.5.29.20", false, number)],
  });
  await assertValid(withLists([numbered]));
});

test("an authority that may not sign lists: certificate.revocationUnknown", async () => {
  const intermediate = { keyUsage: KeyUsageFlags.keyCertSign };
  const without = await makeChain({ intermediate });
  await assertValid(validateChain(without));
  const crls = [await makeCrl(without.intermediate)];
  await assertCode(validateChain(without, { trust: { crls } }), unknown);
});

test("a list that cannot be read: certificate.revocationUnknown", async () => {
  const list = await makeCrl(chain.intermediate);
  for (const wrong of [new Uint8Array(), list.slice(0, -1), concatBytes(list, Uint8Array.of(0))]) {
    await assertCode(withLists([list, wrong]), unknown);
  }
});
