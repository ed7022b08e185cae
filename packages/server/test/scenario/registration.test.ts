import assert from "node:assert/strict";
import { test } from "node:test";

import type { Bytes, RequestBody } from "@signet/protocol";

import { createInvites, databasePath, openSqliteStore } from "../../src/index.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

test("a WebAuthn device registers with two touches; attestation and user verification are recorded", async (t) => {
  const server = await startTestServer(t);
  const authenticator = await createAuthenticator(server.origin);
  const terminal = await TestTerminal.connect(server);
  const { entry } = await terminal.register("alice", authenticator);
  assert.equal(entry.kind, "webauthn");
  assert.equal(entry.userVerification, true);
  assert.deepEqual(entry.attestation, { format: "none", aaguid: "abababab-abab-abab-abab-abababababab" });
  const other = await TestTerminal.connect(server);
  const begun = await other.request("sign-in.begin", { userId: user("alice") });
  assert.deepEqual(begun.entries, [entry]);
  await other.signIn("alice", authenticator);

  const third = await TestTerminal.connect(server);
  third.userId = user("alice");
  third.device = authenticator;
  const untouched = await third.signInProof(undefined, authenticator.distorted({ flags: 0x04 }));
  assert.equal(await third.refusal("sign-in.finish", { proof: untouched }), "proof.userPresence");
  const unverified = await third.signInProof(undefined, authenticator.distorted({ flags: 0x01 }));
  assert.equal(await third.refusal("sign-in.finish", { proof: unverified }), "proof.userVerification");
  const lax = await third.signInProof(
    undefined,
    authenticator.distorted({ signature: (der) => Uint8Array.of(...der, 0) }),
  );
  assert.equal(await third.refusal("sign-in.finish", { proof: lax }), "proof.encoding");
});

test("a registration whose credential is not the one that was just made is refused", async (t) => {
  const server = await startTestServer(t);
  const authenticator = await createAuthenticator(server.origin);
  const other = await createAuthenticator(server.origin);
  const terminal = await TestTerminal.connect(server);
  type Creation = RequestBody<"register.finish">["webauthn"];
  const attempt = async (create: (challenge: Bytes) => Promise<Creation>) => {
    let code: string | undefined;
    await changesNothing(server, async () => {
      const challenge = await terminal.begin("alice", authenticator);
      const { proof, device } = await terminal.finishBody(challenge);
      const webauthn = await create(challenge);
      const body = { proof, device, ...(webauthn === undefined ? {} : { webauthn }) };
      code = await terminal.refusal("register.finish", body);
    });
    return code;
  };
  assert.equal(await attempt(async (challenge) => other.create(challenge)), "proof.device");
  const otherChallenge = new Uint8Array(32);
  assert.equal(await attempt(async () => authenticator.create(otherChallenge)), "registration.attestation");
  assert.equal(
    await attempt(async (challenge) => authenticator.create(challenge, { origin: "https://evil.example" })),
    "registration.attestation",
  );
  assert.equal(
    await attempt(async (challenge) => authenticator.create(challenge, { rpId: "evil.example" })),
    "registration.attestation",
  );
  assert.equal(
    await attempt(async (challenge) => authenticator.create(challenge, { flags: 0 })),
    "registration.attestation",
  );
  assert.equal(await attempt(async () => undefined), "registration.attestation");
  // The same terminal and device still can, in order.
  await terminal.register("alice", authenticator);
});

test("a credential of an earlier try for the same user ID is registered within ten minutes, on another connection too", async (t) => {
  let nowMs = Date.now();
  const server = await startTestServer(t, { clock: () => nowMs });
  const authenticator = await createAuthenticator(server.origin);
  const connect = () => TestTerminal.connect(server, () => nowMs);
  const first = await connect();
  const madeFor = await first.begin("alice", authenticator);
  const creation = await authenticator.create(madeFor);
  const second = await connect();
  const finish = async (userId: string, webauthn: RequestBody<"register.finish">["webauthn"]) => {
    const challenge = await second.begin(userId, authenticator);
    const body = await second.finishBody(challenge);
    return { ...body, ...(webauthn === undefined ? {} : { webauthn }) };
  };
  const refusal = async (userId: string, webauthn: RequestBody<"register.finish">["webauthn"]) =>
    second.refusal("register.finish", await finish(userId, webauthn));
  // Not without saying so, not for somebody else, not with a challenge that was never given, or given for something else.
  assert.equal(await refusal("alice", creation), "registration.attestation");
  assert.equal(await refusal("mallory", { ...creation, madeFor }), "registration.attestation");
  const own = new Uint8Array(32);
  const invented = { ...(await authenticator.create(own)), madeFor: own };
  assert.equal(await refusal("alice", invented), "registration.attestation");
  const { challenge: session } = await second.request("session.challenge", {});
  const ofSession = { ...(await authenticator.create(session)), madeFor: session };
  assert.equal(await refusal("alice", ofSession), "registration.attestation");
  nowMs += 10 * 60_000;
  assert.equal(await refusal("alice", { ...creation, madeFor }), "registration.attestation");
  nowMs -= 1;
  const { entry } = await second.request("register.finish", await finish("alice", { ...creation, madeFor }));
  assert.deepEqual(entry.credentialId, creation.credentialId);
});

test("names that cannot be read or told apart are refused, each by its code; joiners of letters and emoji are not", async (t) => {
  const server = await startTestServer(t);
  const terminal = await TestTerminal.connect(server);
  const begin = (userId: string, displayName: string) => ({ userId: user(userId), displayName });
  for (const name of ["\u3164", "\u2800", "e\u0301\u0301\u0301\u0301\u0301", "a\u200Db"])
    assert.equal(await terminal.refusal("register.begin", begin("alice", name)), "registration.badName");
  for (const userId of [".alice", "alice-", "__"])
    assert.equal(await terminal.refusal("register.begin", begin(userId, "A")), "registration.badUserId");
  const family = "👨\u200D👩\u200D👧 \u0639\u0644\u06CC\u200C\u0631\u0636\u0627";
  terminal.userId = user("alice");
  terminal.device = await softwareDevice();
  const { challenge } = await terminal.request("register.begin", begin("alice", family));
  const body = await terminal.finishBody(challenge, { displayName: family });
  assert.equal((await terminal.request("register.finish", body)).entry.displayName, family);
});

test("user ID and device are registered once", async (t) => {
  const server = await startTestServer(t);
  const device = await softwareDevice();
  const alice = await TestTerminal.connect(server);
  await alice.register("alice", device);
  const other = await TestTerminal.connect(server);
  await changesNothing(server, async () => {
    const taken = { userId: user("alice"), displayName: "Mallory" };
    assert.equal(await other.refusal("register.begin", taken), "registration.userTaken");
    const challenge = await other.begin("bob", device);
    assert.equal(
      await other.refusal("register.finish", await other.finishBody(challenge)),
      "registration.deviceTaken",
    );
    // Signed in as alice, this terminal cannot become somebody else.
    const second = await alice.begin("carol", await softwareDevice());
    assert.equal(
      await alice.refusal("register.finish", await alice.finishBody(second)),
      "auth.alreadySignedIn",
    );
  });
});

test("of registrations that race for one user ID exactly one wins", async (t) => {
  const server = await startTestServer(t);
  const attempts = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const terminal = await TestTerminal.connect(server);
      const challenge = await terminal.begin("alice", await softwareDevice());
      return { terminal, body: await terminal.finishBody(challenge) };
    }),
  );
  const answers = await Promise.all(
    attempts.map(({ terminal, body }) => terminal.ask("register.finish", body)),
  );
  assert.equal(answers.filter(({ kind }) => kind === "reply").length, 1);
  const codes = answers.map((answer) => (answer.kind === "error" ? answer.code : undefined));
  assert.equal(codes.filter((code) => code === "registration.userTaken").length, 5);
});

test("a server for invited people takes each code once", async (t) => {
  const server = await startTestServer(t, { registration: "invite" });
  const store = openSqliteStore(databasePath(server.dataDir));
  const [code = ""] = await createInvites(store, 1, Date.now());
  await store.close();
  const terminal = await TestTerminal.connect(server);
  const alice = { userId: user("alice"), displayName: "Alice" };
  assert.equal(await terminal.refusal("register.begin", alice), "registration.inviteRequired");
  assert.equal(
    await terminal.refusal("register.begin", { ...alice, inviteCode: "wrong" }),
    "registration.inviteInvalid",
  );
  const device = await softwareDevice();
  await changesNothing(server, async () => {
    const challenge = await terminal.begin("alice", device, "alice", code);
    assert.equal(
      await terminal.refusal("register.finish", await terminal.finishBody(challenge)),
      "registration.inviteRequired",
    );
  });
  // As people type it: upper case, spaces for hyphens.
  await terminal.register("alice", device, code.toUpperCase().replaceAll("-", " "));
  const next = await TestTerminal.connect(server);
  const bob = { userId: user("bob"), displayName: "Bob", inviteCode: code };
  assert.equal(await next.refusal("register.begin", bob), "registration.inviteInvalid");
});

test("two people with one invite code: one gets in", async (t) => {
  const server = await startTestServer(t, { registration: "invite" });
  const store = openSqliteStore(databasePath(server.dataDir));
  const [code = ""] = await createInvites(store, 1, Date.now());
  await store.close();
  // Both have begun before either finishes, so that the code is still good for both.
  const begun = await Promise.all(
    ["alice", "bob"].map(async (name) => {
      const terminal = await TestTerminal.connect(server);
      return { terminal, challenge: await terminal.begin(name, await softwareDevice(), name, code) };
    }),
  );
  const answers = await Promise.all(
    begun.map(async ({ terminal, challenge }) =>
      terminal.ask("register.finish", await terminal.finishBody(challenge, { inviteCode: code })),
    ),
  );
  assert.deepEqual(answers.map((answer) => (answer.kind === "error" ? answer.code : "in")).toSorted(), [
    "in",
    "registration.inviteInvalid",
  ]);
});

test("a closed server takes nobody", async (t) => {
  const server = await startTestServer(t, { registration: "closed" });
  const terminal = await TestTerminal.connect(server);
  const alice = { userId: user("alice"), displayName: "Alice" };
  assert.equal(await terminal.refusal("register.begin", alice), "registration.closed");
});

test("anybody may register on localhost; elsewhere it takes an invitation by default", async (t) => {
  const local = await startTestServer(t);
  assert.equal(local.registration, "open");
  const elsewhere = await startTestServer(t, { origin: "https://calls.example.org" });
  assert.equal(elsewhere.registration, "invite");
});
