/** Certificates between a server and terminals: registration, what others see, and what a dishonest server is refused. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { withCertificates } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import type { Bytes, DirectoryEntryIn, EventBody, UserId } from "@signet/protocol";
import type { RunningServer } from "@signet/server";
import { deviceAtHand } from "@signet/terminal";
import type { DeviceProvider, TerminalEnvironment } from "@signet/terminal";

import { Authority } from "./support/authority.ts";
import { openGuest, registerGuest, signIn } from "./support/browser.ts";
import { newDevice } from "./support/forgery.ts";
import { Scene, answer, callAll, participant, rings } from "./support/scene.ts";
import type { Deceived } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

type Ring = EventBody<"call.ring">;

const minuteMs = 60_000;
const folder = mkdtempSync(join(tmpdir(), "signet-certificates-"));
const close: (() => unknown)[] = [];
let server: RunningServer;
let authority: Authority;
const scene = new Scene(() => server.origin);
/** What is tried with it has to be found without what a log proves. */
const unlogged = new Scene(() => server.origin, { keepsLog: false });

before(async () => {
  authority = await Authority.create("Republic Root");
  const trustAnchors = join(folder, "anchors.pem");
  writeFileSync(trustAnchors, authority.pem);
  server = await startTestServer({
    trustAnchors,
    limits: { messagesPerSecond: 10_000, messageBurst: 10_000 },
  });
});
after(async () => {
  for (const run of close.toReversed()) await run();
  await scene.close();
  await unlogged.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function certifiedDevice(name: string): Promise<SignatureDevice> {
  const device = await newDevice();
  return withCertificates(device, [(await authority.issue(device, name)).certificate]);
}

const certified = async (name: string, environment: Partial<TerminalEnvironment> = {}): Promise<Deceived> =>
  scene.deceived(name, { device: await certifiedDevice(name), environment });

test("a certified device registers, and everybody else sees who certifies it", async () => {
  const ann = await certified("ann");
  const own = ann.terminal.state.session;
  assert.equal(own.status === "signedIn" && own.device.certificate?.issuer, "Republic Root");
  const [ben] = await scene.people("ben");
  await ann.terminal.call([ben.userId]);
  const ringing = await ben.until(rings, "ringing");
  const { certificate } = ringing.ringing[0]!.from.verification;
  assert.deepEqual(
    [certificate?.subject, certificate?.issuer, certificate?.anchoredBy],
    ["ann", "Republic Root", "server"],
  );
  await ben.terminal.decline(ringing.ringing[0]!.callId);
});

test("the name has to be the certificate's; a server without anchors gets the key alone", async () => {
  const device = await certifiedDevice("cleo");
  const cleo = await scene.visitor("someone", { device });
  await assert.rejects(cleo.terminal.register({ userId: cleo.userId, displayName: "Cleo" }), {
    code: "certificate.otherUser",
  });
  const plain = await startTestServer();
  close.push(() => plain.close());
  const elsewhere = new Scene(() => plain.origin);
  close.push(() => elsewhere.close());
  const alone = await elsewhere.deceived("someone", { device });
  const [found] = await alone.terminal.lookup([alone.userId]);
  assert.equal(found?.entry?.certificates, undefined);
});

test("a server that leaves the certificate out of what it registers is not believed", async () => {
  const device = await certifiedDevice("oda");
  const oda = await scene.visitor("oda", { device });
  oda.server.onReply("register.finish", ({ entry, ...rest }) => {
    const { certificates: _left, ...bare } = entry;
    return [{ ...rest, entry: bare }];
  });
  await assert.rejects(oda.terminal.register({ userId: oda.userId, displayName: "Oda" }), {
    code: "directory.badEntry",
  });
  assert.equal(oda.terminal.state.session.status, "signedOut");
});

test("a dishonest server that swaps, strips or ages a certificate is refused, with its own code", async () => {
  const dan = await certified("dan");
  const [eve] = await scene.people("eve");
  const { device } = dan;
  // Met once as it is.
  await dan.terminal.call([eve.userId]);
  const met = await eve.until(rings, "ringing");
  await eve.terminal.decline(met.ringing[0]!.callId);
  await dan.until(({ call }) => call?.phase === "ended", "declined");

  const ring = await new Promise<Ring>((resolve) => {
    eve.server.onEvent("call.ring", (body) => {
      resolve(body);
      return [];
    });
    void dan.terminal.call([eve.userId]);
  });
  eve.server.repent();
  eve.server.answer("call.ringRefused", () => ({}));
  const refusalOf = async (initiator: DirectoryEntryIn): Promise<string> => {
    const refused = eve.server.next("call.ringRefused");
    eve.server.inject({ type: "call.ring", body: { ...ring, initiator } });
    const { code } = await refused;
    assert.deepEqual(eve.terminal.state.ringing, [], "nothing rings");
    await eve.until(
      ({ warnings }) => warnings.some((warning) => warning.code === code && warning.userId === dan.userId),
      "the warning",
    );
    return code;
  };
  const withChain = (...certificates: Bytes[]): DirectoryEntryIn => ({ ...ring.initiator, certificates });
  const issue = async (name: string, dates = {}) => (await authority.issue(device, name, dates)).certificate;
  const { certificates: _stripped, ...bare } = ring.initiator;
  assert.equal(await refusalOf(bare), "certificate.missing");
  const others = await certifiedDevice("dan");
  assert.equal(await refusalOf(withChain(others.certificates![0]!)), "certificate.otherKey");
  assert.equal(await refusalOf(withChain(await issue("mallory"))), "certificate.otherUser");
  const past = { notAfterMs: Date.now() - minuteMs };
  assert.equal(await refusalOf(withChain(await issue("dan", past))), "certificate.expired");
  const namesake = await Authority.create(authority.name);
  const { certificate: false_ } = await namesake.issue(device, "dan");
  assert.equal(await refusalOf(withChain(false_)), "certificate.badSignature");
  assert.equal(await refusalOf({ ...bare, certificates: [Uint8Array.of(0x30, 0)] }), "certificate.malformed");

  eve.server.inject({ type: "call.ring", body: ring });
  await eve.until(rings, "the ring as it was");
});

for (const keepsLog of [true, false])
  test(`a renewed certificate is what everybody sees from then on; a server that shows the former one is refused (${keepsLog ? "with" : "without"} a log)`, async () => {
    const of = keepsLog ? scene : unlogged;
    const [pias, quins] = keepsLog ? (["pia", "quin"] as const) : (["pia2", "quin2"] as const);
    const device = await newDevice();
    const lasting = async (durationMs: number) => {
      const notAfterMs = Math.floor(Date.now() / 1000) * 1000 + durationMs;
      const { certificate } = await authority.issue(device, pias, { notAfterMs });
      return { notAfterMs, certificate, device: withCertificates(device, [certificate]) };
    };
    const first = await lasting(60 * minuteMs);
    const pia = await of.deceived(pias, { device: first.device });
    const [quin] = await of.people(quins);
    const shown = async (from: Deceived): Promise<number | undefined> => {
      await from.terminal.call([quin.userId]);
      const { callId, from: caller } = (await quin.until(rings, "ringing")).ringing[0]!;
      await quin.terminal.decline(callId);
      await from.until(({ call }) => call?.phase === "ended", "declined");
      from.terminal.dismissCall();
      return caller.verification.certificate?.validUntilMs;
    };
    assert.equal(await shown(pia), first.notAfterMs);

    const second = await lasting(120 * minuteMs);
    const again = await of.visitor(pias, { device: second.device });
    const former = await lasting(-minuteMs);
    again.server.onReply("sign-in.finish", (reply) => [
      { ...reply, entry: { ...reply.entry, certificates: [former.certificate], statements: [] } },
    ]);
    await assert.rejects(again.terminal.signIn({ userId: again.userId }), { code: "certificate.expired" });
    assert.equal(again.terminal.state.session.status, "signedOut");
    again.server.repent();
    await again.terminal.signIn({ userId: again.userId });
    const { session } = await again.until(({ session: { status } }) => status === "signedIn", "signed in");
    assert.equal(
      session.status === "signedIn" && session.device.certificate?.validUntilMs,
      second.notAfterMs,
    );
    assert.equal(await shown(again), second.notAfterMs);
    assert.deepEqual(quin.terminal.state.warnings, []);
    // It stands in the history: it can be taken back or exchanged as little as a device.
    quin.server.answer("call.ringRefused", () => ({}));
    for (const [code, alter] of [
      // With a log the rest of it is asked for, and is not shown either.
      [keepsLog ? "directory.unproven" : "history.shortened", () => []],
      ["history.certificates", ([one]) => (one ? [{ ...one, certificates: [former.certificate] }] : [])],
    ] satisfies [string, (statements: DirectoryEntryIn["statements"]) => DirectoryEntryIn["statements"]][]) {
      const refused = quin.server.next("call.ringRefused");
      quin.server.onEvent("call.ring", ({ initiator, ...ring }) => [
        { ...ring, initiator: { ...initiator, statements: alter(initiator.statements) } },
      ]);
      quin.server.onReply("directory.lookup", ({ people }) => [
        {
          people: people.map(({ entry, ...one }) =>
            entry === undefined ? one : { ...one, entry: { ...entry, statements: alter(entry.statements) } },
          ),
        },
      ]);
      await again.terminal.call([quin.userId]);
      assert.equal((await refused).code, code);
      // The server did not hear of it, and would go on ringing.
      await again.terminal.leave();
      again.terminal.dismissCall();
    }
  });

test("a second device is certified at its sign-in, and renews its certificates there, with one more signature", async () => {
  const [first, second] = [await certifiedDevice("rita"), await newDevice()];
  const devices: DeviceProvider = {
    ...deviceAtHand(first),
    create: ({ beside }) => Promise.resolve({ device: beside === undefined ? first : second }),
  };
  const desk = await scene.deceived("rita", { environment: { devices } });
  await desk.terminal.addDevice({ name: "Card" });
  const signIn = async (certificates: readonly Bytes[]) => {
    const purposes: string[] = [];
    const device: SignatureDevice = {
      ...withCertificates(second, certificates),
      sign: (transcript, options) => {
        purposes.push(transcript.purpose);
        return second.sign(transcript, options);
      },
    };
    const card = await scene.visitor("rita", { device });
    await card.terminal.signIn({ userId: card.userId });
    const { session } = card.terminal.state;
    const until = session.status === "signedIn" ? session.device.certificate?.validUntilMs : undefined;
    return { until, purposes, card };
  };
  const lasting = async (minutes: number) => {
    const notAfterMs = Math.floor(Date.now() / 1000) * 1000 + minutes * minuteMs;
    const { certificate } = await authority.issue(second, "rita", { notAfterMs });
    return { certificate, notAfterMs };
  };
  for (const one of [await lasting(60), await lasting(120)]) {
    const signedIn = await signIn([one.certificate]);
    assert.deepEqual([signedIn.until, signedIn.purposes], [one.notAfterMs, ["sign-in", "certify"]]);
    const again = await signIn([one.certificate]);
    assert.deepEqual([again.until, again.purposes], [one.notAfterMs, ["sign-in"]]);
    const [sam] = await scene.people(`sam${one.notAfterMs}`);
    await callAll(again.card, sam);
    const { verification } = participant(sam.terminal.state, again.card.userId);
    assert.equal(verification?.certificate?.validUntilMs, one.notAfterMs);
    await sam.terminal.leave();
    await again.card.terminal.leave();
  }
});

test("a joiner whose certificate was swapped is refused, and a call to nobody else is not even begun", async () => {
  const fay = await scene.deceived("fay");
  const gus = await certified("gus");
  const [hal] = await scene.people("hal");
  const { device } = gus;
  const past = { notAfterMs: Date.now() - minuteMs };
  const { certificate } = await authority.issue(device, "gus", past);
  const age = (entry: DirectoryEntryIn): DirectoryEntryIn =>
    entry.userId === gus.userId ? { ...entry, certificates: [certificate] } : entry;
  fay.server.onEvent("call.commitNeeded", (body) => [
    { ...body, admit: body.admit.map((joiner) => ({ ...joiner, entry: age(joiner.entry) })) },
  ]);
  const refused = fay.server.next("call.refuse");
  await fay.terminal.call([gus.userId, hal.userId]);
  await answer(gus);
  assert.equal((await refused).joiners[0]?.code, "certificate.expired");
  await gus.until(({ call }) => call?.end?.type === "failed", "not let in");
  // Not before: to whoever is in already nobody lied of Gus, and they would let him in.
  await answer(hal);
  await fay.until((state) => participant(state, hal.userId).state === "joined", "hal is in");
  await fay.terminal.leave();
  fay.terminal.dismissCall();

  fay.server.onReply("directory.lookup", ({ people }) => [
    { people: people.map((one) => (one.entry === undefined ? one : { ...one, entry: age(one.entry) })) },
  ]);
  const asked = fay.server.requests.length;
  await assert.rejects(fay.terminal.call([gus.userId]), { code: "certificate.expired" });
  assert.ok(fay.server.requests.slice(asked).every(({ type }) => type !== "call.request"));
});

test("a terminal with anchors of its own believes no others, whatever the server names", async () => {
  const other = await Authority.create("Other Root");
  const trust = (one: Authority) => ({ anchors: [one.certificate], userIdFrom: "email" as const });
  const ida = await certified("ida");
  const strict = await scene.deceived("jon", { environment: { certificates: trust(other) } });
  const refused = strict.server.next("call.ringRefused");
  await ida.terminal.call([strict.userId]);
  assert.equal((await refused).code, "certificate.untrusted");
  await ida.until(({ call }) => call?.phase === "ended", "nobody there");
  ida.terminal.dismissCall();

  const own = await scene.visitor("kim", { environment: { certificates: trust(authority) } });
  own.server.onReply("session.hello", (info) => [
    { ...info, certificates: { anchors: [other.certificate], userIdFrom: "cn" } },
  ]);
  own.server.cut();
  own.terminal.retryNow();
  await own.until(
    ({ connection, server: info }) =>
      connection.status === "online" && info?.certificates?.userIdFrom === "cn",
    "the false hello",
  );
  await own.terminal.register({ userId: own.userId, displayName: "Kim" });
  await callAll(ida, own);
  const { verification } = participant(own.terminal.state, ida.userId);
  assert.equal(verification?.certificate?.anchoredBy, "terminal");
});

test("in a browser: signing in to an ID of a token or key file says where to do that instead", async () => {
  const lea = await certified("lea");
  await lea.terminal.release();
  const guest = await openGuest(server.origin, "lea");
  close.push(() => guest.close());
  await signIn(guest);
  await guest.page.getByRole("alert").filter({ hasText: "Sign in with it on the command line" }).waitFor();
});

test("a browser validates certificates as every terminal does", async () => {
  const mia = await registerGuest(server.origin, "mia");
  close.push(() => mia.close());
  const ned = await certified("ned");
  await ned.terminal.call([mia.userId as UserId]);
  const dialog = mia.page.getByRole("dialog", { name: "Incoming call" });
  const badge = dialog.locator("summary").filter({
    hasText: "Verified, software key, certified by Republic Root, first time",
  });
  await badge.click();
  await dialog.getByText(/for ned, certified by Republic Root, valid until/).waitFor();
  await dialog.getByText("That this authority is to be trusted is the server's word.").waitFor();
  assert.deepEqual(mia.consoleErrors, []);
});
