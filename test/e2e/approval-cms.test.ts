/** An approval by a device with a certificate signs the document itself as well (CMS): `openssl` verifies it, the others hold it against the approval. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createSoftwareKey, sha256, withCertificates } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { noWordSeen } from "@signet/e2ee";
import { encodeFields, encodeProof, fromBase64Url, utf8 } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, Transcript } from "@signet/protocol";
import { parseRecord, verifyFile } from "@signet/record";
import type { RunningServer } from "@signet/server";
import type { ShownResolution, TerminalState } from "@signet/terminal";

import { Authority } from "./support/authority.ts";
import type { Headless } from "./support/headless.ts";
import { OpenSsl } from "./support/openssl.ts";
import { agree, answer, callAll, rings, Scene } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { holdToken } from "./support/token-holder.ts";
import type { HeldToken } from "./support/token-holder.ts";

const folder = mkdtempSync(join(tmpdir(), "signet-approval-cms-"));
const openssl = new OpenSsl(folder);
const tokens: HeldToken[] = [];
let server: RunningServer;
let authority: Authority;
let scene: Scene;

before(async () => {
  authority = await Authority.create("Republic Root");
  const trustAnchors = openssl.write("ca.pem", authority.pem);
  server = await startTestServer({ trustAnchors });
  scene = new Scene(() => server.origin);
});
after(async () => {
  await scene.close();
  for (const token of tokens) token.remove();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function certified(name: string, algorithm: DeviceAlgorithm = "ES256"): Promise<SignatureDevice> {
  const device = await createSoftwareKey({ algorithm: algorithm === "EdDSA" ? algorithm : "ES256" });
  return withCertificates(device, [(await authority.issue(device, name)).certificate]);
}

async function tokenOf(name: string): Promise<HeldToken> {
  const held = await holdToken(name, authority);
  tokens.push(held);
  return held;
}

/** As docs/command-line.md says. */
function verifies(cms: Bytes, document: Bytes): boolean {
  writeFileSync(openssl.path("signature.p7s"), cms);
  writeFileSync(openssl.path("document"), document);
  const files = ["-in", "signature.p7s", "-content", "document", "-CAfile", "ca.pem", "-out", "out"];
  try {
    openssl.run("cms", "-verify", "-cades", "-binary", "-inform", "DER", ...files);
    return true;
  } catch {
    return false;
  }
}

const shownAt = ({ call }: TerminalState, id: string): ShownResolution | undefined =>
  call?.resolutions?.shown.find((one) => one.id === id);

async function seen(
  person: Headless,
  id: string,
  what: string,
  holds: (one: ShownResolution) => boolean = () => true,
): Promise<ShownResolution> {
  const state = await person.until((now) => {
    const one = shownAt(now, id);
    return one !== undefined && holds(one);
  }, what);
  return shownAt(state, id)!;
}

async function decide(
  person: Headless,
  id: string,
  ...[decision = "approve", options = {}]: Partial<
    [
      Parameters<Headless["terminal"]["resolutions"]["decide"]>[1],
      Parameters<Headless["terminal"]["resolutions"]["decide"]>[3],
    ]
  >
): Promise<void> {
  const { whole } = await seen(person, id, "the resolution");
  await person.terminal.resolutions.decide(id, decision, whole, options);
}

const troublesAt = ({ terminal }: Headless): readonly string[] =>
  (terminal.state.call?.resolutions?.troubles ?? []).map(({ code }) => code);

test("a text is signed as it is, by a software key and by a token: openssl takes both, all others see it, and it is saved", async () => {
  const ann = await scene.deceived("ann", { device: await certified("ann") });
  const ben = await scene.deceived("ben", { device: await (await tokenOf("ben")).open() });
  const [cleo, dan] = await scene.people("cleo", "dan");
  await ann.terminal.call([ben.userId, cleo.userId, dan.userId]);
  await Promise.all([answer(ben), answer(cleo)]);
  await agree(ann, ben, cleo);
  const text = "Release 12,000 € to Acme\u202e\r\nToday ";
  const id = await cleo.terminal.resolutions.propose({ type: "text", text }, { type: "all" });
  assert.equal((await seen(ann, id, "proposed")).approvalSigns, "text");
  assert.equal((await seen(cleo, id, "proposed")).approvalSigns, undefined);
  for (const person of [ann, ben, cleo]) await decide(person, id);
  for (const person of [ann, ben, cleo]) {
    const one = await seen(person, id, "adopted", ({ state }) => state === "adopted");
    assert.deepEqual(one.cms, [{ userId: "ann" }, { userId: "ben" }]);
    assert.equal(one.approvalSigns, undefined, "it was decided");
    assert.deepEqual(troublesAt(person), []);
    const signatures = await person.terminal.resolutions.signatures(id);
    assert.deepEqual(
      signatures.map(({ userId }) => userId),
      ["ann", "ben"],
    );
    for (const { cms } of signatures) {
      assert.ok(verifies(cms, utf8(text)));
      assert.ok(!verifies(cms, utf8(text.trim())));
    }
    const file = (await person.terminal.resolutions.saved())!;
    const verified = await verifyFile(file, { anchors: [authority.certificate] });
    assert.ok(verified.kind === "record", JSON.stringify(verified));
    assert.deepEqual(
      verified.report.resolutions[0]?.decisions.map(({ cms }) => cms?.trusted),
      [true, true, undefined],
    );
    const saved = parseRecord(file);
    assert.ok(saved.ok);
    assert.deepEqual(
      saved.record.resolutions?.[0]?.said.map(({ cms }) => cms && Buffer.from(cms).toString("hex")),
      [...signatures.map(({ cms }) => Buffer.from(cms).toString("hex")), undefined],
    );
  }
  await assert.rejects(ann.terminal.resolutions.signatures("none"), { code: "resolution.unknown" });
  // Who comes later is shown it, and verifies it.
  await answer(dan);
  await agree(ann, ben, cleo, dan);
  const late = await seen(dan, id, "shown again", ({ cms }) => cms.length === 2);
  assert.deepEqual(late.cms, [{ userId: "ann" }, { userId: "ben" }]);
  assert.deepEqual(troublesAt(dan), []);
  await ann.terminal.endForAll();
  await dan.until(({ call }) => call?.phase === "ended", "the end");
  assert.equal((await dan.terminal.resolutions.signatures(id)).length, 2);
});

test("a file is signed by whom it is given to, and no other one; a rejection signs nothing, nor does who wants none", async () => {
  const eva = await scene.deceived("eva", { device: await certified("eva") });
  const fay = await scene.deceived("fay", { device: await certified("fay", "EdDSA") });
  const [gus] = await scene.people("gus");
  await callAll(eva, fay, gus);
  const document = utf8("a,b\r\n1,2");
  const propose = async (sizeBytes: number): Promise<string> =>
    gus.terminal.resolutions.propose(
      { type: "file", name: "list.csv", sha256: await sha256(document), sizeBytes },
      { type: "all" },
    );
  const id = await propose(document.length);
  assert.equal((await seen(eva, id, "proposed")).approvalSigns, "file");
  // Nobody could hold the SHA-512 that an Ed25519 key signs against the SHA-256 of the resolution.
  assert.equal((await seen(fay, id, "proposed")).approvalSigns, undefined);
  await assert.rejects(decide(eva, id, "approve", { document: utf8("another") }), {
    code: "resolution.otherDocument",
  });
  await assert.rejects(decide(gus, id, "approve", { document }), { code: "resolution.noCertificate" });
  await assert.rejects(decide(fay, id, "approve", { document }), { code: "cms.documentNeeded" });
  assert.deepEqual((await seen(gus, id, "nothing yet")).approvedBy, []);
  await decide(eva, id, "approve", { document });
  await decide(fay, id);
  const one = await seen(gus, id, "both", ({ approvedBy }) => approvedBy.length === 2);
  assert.deepEqual(one.cms, [{ userId: "eva" }]);
  const [signature] = await gus.terminal.resolutions.signatures(id);
  assert.ok(verifies(signature!.cms, document));

  const other = await propose(document.length + 1);
  await assert.rejects(decide(eva, other, "approve", { document }), { code: "resolution.otherDocument" });
  await decide(eva, other);
  const text = await gus.terminal.resolutions.propose({ type: "text", text: "Pay" }, { type: "all" });
  await decide(eva, text, "approve", { withoutCms: true });
  await decide(fay, text, "reject");
  for (const each of [other, text]) {
    const { cms } = await seen(gus, each, "decided", ({ missing }) => !missing.includes(eva.userId));
    assert.deepEqual(cms, []);
  }
  await seen(gus, text, "rejected", ({ state }) => state === "rejected");

  // Whoever passes it on does not see by its length what was decided.
  const lengths: number[] = [];
  gus.server.onEvent("call.said", (said) => {
    lengths.push(said.sealed.length);
    return [said];
  });
  for (const [decision, options] of [
    ["approve", {}],
    ["approve", { withoutCms: true }],
    ["reject", {}],
  ] as const) {
    const next = await gus.terminal.resolutions.propose({ type: "text", text: "Pay" }, { type: "all" });
    await decide(eva, next, decision, options);
    await seen(gus, next, "decided", ({ missing }) => !missing.includes(eva.userId));
  }
  assert.equal(lengths.length, 3);
  assert.equal(new Set(lengths).size, 1);
  assert.deepEqual(troublesAt(gus), []);
  await gus.terminal.leave();
});

test("whoever trusts no authority is told why the certificate counts for nothing, and keeps what was signed all the same", async () => {
  const plain = await startTestServer();
  const people = new Scene(() => plain.origin);
  try {
    // Known by the key alone at this server.
    const hal = await people.deceived("hal", { device: await certified("hal") });
    const ida = await people.deceived("ida", {
      environment: { certificates: { anchors: [authority.certificate], userIdFrom: "email" } },
    });
    const [joe] = await people.people("joe");
    await callAll(joe, hal, ida);
    const id = await joe.terminal.resolutions.propose({ type: "text", text: "Pay" }, { type: "all" });
    await decide(hal, id);
    const signed = ({ cms }: ShownResolution): boolean => cms.length === 1;
    const { cms } = await seen(joe, id, "approved", signed);
    assert.deepEqual(cms, [{ userId: "hal", refusal: "certificate.notAccepted" }]);
    assert.deepEqual((await seen(ida, id, "approved", signed)).cms, [{ userId: "hal" }]);
    assert.deepEqual(troublesAt(joe), []);
    const [signature] = await joe.terminal.resolutions.signatures(id);
    assert.ok(verifies(signature!.cms, utf8("Pay")));
  } finally {
    await people.close();
    await plain.close();
  }
});

test("a signature of another document, by another key, of another time or with a rejection is refused with a code, and the decision counts", async () => {
  const rogue = await scene.rogue("rita");
  const [kim, leo] = await scene.people("kim", "leo");
  await rogue.call([kim.userId, leo.userId]);
  for (const person of [kim, leo]) {
    await person.until(rings, "ringing");
    await answer(person);
  }
  const isThere = ({ call }: TerminalState) =>
    call?.phase === "active" && call.participants.every(({ state }) => state === "joined");
  for (const person of [kim, leo]) await person.until(isThere, "all in the group");
  const words = await rogue.words();
  const device = withCertificates(rogue.device, [(await authority.issue(rogue.device, "rita")).certificate]);
  const text = "Pay Acme";
  let counter = 0;
  let number = 0;
  /** What the rogue approves, or does not, with what comes with it. */
  const say = async (
    cmsOf: (approval: Transcript<"approve">) => Promise<readonly Bytes[]>,
    over: Partial<Transcript<"approve">> = {},
    filling: readonly Bytes[] = [],
  ): Promise<string> => {
    number += 1;
    const id = await kim.terminal.resolutions.propose(
      { type: "text", text },
      { type: "named", userIds: [rogue.userId] },
    );
    await seen(leo, id, "proposed");
    const approval: Transcript<"approve"> = {
      purpose: "approve",
      ...words.ofCall,
      issuedAtMs: Date.now(),
      head: words.head,
      number,
      resolutionDigest: fromBase64Url(id)!,
      decision: "approve",
      ...over,
    };
    const proof = encodeProof(await rogue.device.sign(approval));
    const stated = encodeFields([proof, ...(await cmsOf(approval))]);
    const contents = encodeFields([stated, ...filling]);
    await rogue.say(
      await words.sealer.seal(words.epoch, counter++, { kind: "resolution.say", contents, seen: noWordSeen }),
    );
    return id;
  };
  const none = new Uint8Array();
  const by =
    (signer: SignatureDevice, document: string, laterMs = 0) =>
    async ({ issuedAtMs }: Transcript<"approve">): Promise<readonly Bytes[]> => [
      none,
      await signer.signCms!(utf8(document), { signedAtMs: issuedAtMs + laterMs }),
    ];
  const refused = async (id: string, code: string, state: ShownResolution["state"] = "adopted") => {
    for (const person of [kim, leo]) {
      const one = await seen(person, id, "the decision", (now) => now.state === state);
      assert.deepEqual(one.cms, []);
      await person.until(() => troublesAt(person).includes(code), code);
      assert.deepEqual(await person.terminal.resolutions.signatures(id), []);
    }
  };
  await refused(await say(by(device, "Pay Mallory")), "cms.otherDocument");
  await refused(await say(by(await certified("mallory"), text)), "resolution.otherKey");
  await refused(await say(by(device, text), { decision: "reject" }), "resolution.malformed", "rejected");
  await refused(await say(async () => [none, utf8("no signature")]), "cms.malformed");
  const late = await say(by(device, text, 2_000));
  const lateOne = await seen(leo, late, "the decision", ({ state }) => state === "adopted");
  assert.deepEqual(lateOne.cms, []);

  // What is no word at all is nothing that was said.
  const before = troublesAt(leo).length;
  const garbled = await say(async () => [none, none]);
  const filled = await say(async () => [], {}, [Uint8Array.of(0, 1)]);
  const twice = await say(async (approval) => [
    encodeProof(await rogue.device.sign(approval)),
    (await by(device, text)(approval))[1]!,
  ]);
  // This one is good, and comes after them; its bytes are filled up.
  const good = await say(by(device, text), {}, [new Uint8Array(100)]);
  for (const person of [kim, leo]) {
    const one = await seen(person, good, "approved", ({ state }) => state === "adopted");
    assert.deepEqual(one.cms, [{ userId: "rita" }]);
    for (const id of [garbled, filled, twice])
      assert.deepEqual((await seen(person, id, "open")).approvedBy, [], "not counted");
  }
  assert.equal(troublesAt(leo).length, before, "told once already");
  assert.equal((await leo.terminal.resolutions.signatures(good)).length, 1);
});

test("a token that is pulled while it signs the document: nothing is said, the approver is told why, and the call goes on", async () => {
  const held = await tokenOf("mia");
  const inner = await held.open();
  const pulled = new Proxy(inner, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (name !== "signCms") return typeof value === "function" ? (value.bind(target) as unknown) : value;
      return (...input: Parameters<NonNullable<SignatureDevice["signCms"]>>) => {
        held.token.behave({ fail: { C_Sign: 0x32 } });
        return target.signCms!(...input);
      };
    },
  });
  const mia = await scene.deceived("mia", { device: pulled });
  const [nat, ora] = await scene.people("nat", "ora");
  await callAll(nat, mia, ora);
  const id = await nat.terminal.resolutions.propose(
    { type: "text", text: "Pay" },
    { type: "some", needed: 2 },
  );
  await assert.rejects(decide(mia, id), { code: "device.tokenRemoved" });
  await nat.until(
    ({ call }) =>
      call?.participants.some(({ state, userId }) => userId === mia.userId && state === "left") === true,
    "mia left",
  );
  await agree(nat, ora);
  for (const person of [nat, ora]) {
    const one = await seen(person, id, "the resolution");
    assert.deepEqual([one.state, one.approvedBy, one.cms], ["open", [], []]);
  }
  for (const person of [nat, ora]) await decide(person, id);
  for (const person of [nat, ora]) {
    await seen(person, id, "adopted without mia", ({ state }) => state === "adopted");
    assert.deepEqual(troublesAt(person), []);
  }
  await nat.terminal.leave();
});
