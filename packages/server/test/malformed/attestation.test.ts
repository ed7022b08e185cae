/** Attestations come from strangers: whatever stands in one, nothing is fetched for it, and it is in nobody's way. */
import assert from "node:assert/strict";
import { createHook } from "node:async_hooks";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { equalBytes, toBase64Url } from "@signet/protocol";
import type { Bytes, RequestBody } from "@signet/protocol";
import { verifyRegistrationResponse } from "@simplewebauthn/server";

import { createInvites, databasePath, openSqliteStore } from "../../src/index.ts";
import { androidKey, apple, fidoU2f, other, packed, packedSelf } from "../support/attestations.ts";
import { createAuthenticator } from "../support/authenticator.ts";
import type { Distortion, TestAuthenticator } from "../support/authenticator.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

/** What reaches out of a machine: connections, look-ups of names, datagrams. Pipes go to the server's own media processes. */
const outwardHandles = /^(TCPCONNECTWRAP|GETADDRINFOREQWRAP|GETNAMEINFOREQWRAP|QUERYWRAP|UDP)/;

/** @returns the handles that reached outwards while this ran */
async function reachedOut(run: () => Promise<unknown>): Promise<string[]> {
  const reached: string[] = [];
  const hook = createHook({
    init: (_id, type) => {
      if (outwardHandles.test(type)) reached.push(type);
    },
  }).enable();
  try {
    await run();
    // What was begun without being waited for begins now.
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  } finally {
    hook.disable();
  }
  return reached;
}

/** A web server that says what it was asked for. */
async function trap(t: TestContext): Promise<{ readonly urls: string[]; readonly asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const here = `127.0.0.1:${port}`;
  return { urls: [`http://${here}/crl`, `http://localhost:${port}/name`, `https://${here}/tls`], asked };
}

const dayMs = 86_400_000;
const zeros = new Uint8Array(16);
const model = "abababab-abab-abab-abab-abababababab";
const noModel = "00000000-0000-0000-0000-000000000000";

/** Every format that WebAuthn names, and some that it does not. */
const attestations = (
  urls: readonly string[],
): readonly (readonly [name: string, verified: boolean, Distortion])[] => [
  ["none", false, {}],
  ["packed, by the credential's own key", true, { attest: packedSelf }],
  ["packed", true, { attest: packed({ urls }) }],
  [
    "packed, with its own certificate alone",
    true,
    { attest: packed({ urls, send: (chain) => chain.slice(0, 1) }) },
  ],
  [
    "packed, four certificates",
    true,
    { attest: packed({ urls, send: (chain) => [...chain, ...chain.slice(2)] }) },
  ],
  [
    "packed, five certificates",
    false,
    { attest: packed({ urls, send: (chain) => [...chain, ...chain.slice(2), ...chain.slice(2)] }) },
  ],
  ["packed, ended yesterday", false, { attest: packed({ urls, leaf: { notAfterMs: Date.now() - dayMs } }) }],
  [
    "packed, issuer ended yesterday",
    false,
    { attest: packed({ urls, issuer: { notAfterMs: Date.now() - dayMs } }) },
  ],
  ["packed, an authority's certificate", false, { attest: packed({ urls, leaf: { cA: true } }) }],
  ["packed, issuer no authority", false, { attest: packed({ urls, issuer: { cA: false } }) }],
  [
    "packed, issuer without basic constraints",
    false,
    { attest: packed({ urls, issuer: { cA: undefined } }) },
  ],
  ["packed, root for one below", true, { attest: packed({ urls, root: { pathLength: 1 } }) }],
  ["packed, root for none below", false, { attest: packed({ urls, root: { pathLength: 0 } }) }],
  ["packed, issuer for nothing below", true, { attest: packed({ urls, issuer: { pathLength: 0 } }) }],
  [
    "packed, wrong order",
    false,
    { attest: packed({ urls, send: ([a, b, c]) => [a, c, b].flatMap((one) => one ?? []) }) },
  ],
  [
    "packed, one left out",
    false,
    { attest: packed({ urls, send: ([a, , c]) => [a, c].flatMap((one) => one ?? []) }) },
  ],
  ["packed, another subject", false, { attest: packed({ urls, leaf: { subject: "CN=Somebody" } }) }],
  ["packed, no certificate in the list", false, { attest: packed({ urls, send: () => [] }) }],
  ["packed, no certificate at all", false, { attest: packed({ urls, send: () => [new Uint8Array(5_000)] }) }],
  [
    "packed, broken signature",
    false,
    { attest: packed({ urls, signature: (der) => der.map((b, i) => (i === 20 ? b ^ 1 : b)) }) },
  ],
  ["packed, statement of text", false, { attest: async () => ["packed", "text"] }],
  ["packed, empty statement", false, { attest: async () => ["packed", new Map()] }],
  ["fido-u2f", true, { attest: fidoU2f({ urls }), aaguid: zeros }],
  [
    "fido-u2f, ended yesterday",
    false,
    { attest: fidoU2f({ urls, leaf: { notAfterMs: Date.now() - dayMs } }), aaguid: zeros },
  ],
  ["android-key", false, { attest: androidKey({ urls }) }],
  ["apple", false, { attest: apple({ urls }) }],
  ["tpm", false, { attest: other("tpm", { urls }) }],
  ["android-safetynet", false, { attest: other("android-safetynet", { urls }) }],
  ["compound", false, { attest: other("compound", { urls }) }],
  ["none, with a statement", false, { attest: other("none", { urls }) }],
  ["unknown", false, { attest: other("acme", { urls }) }],
];

const attesting = (authenticator: TestAuthenticator, distortion: Distortion): TestAuthenticator => ({
  ...authenticator,
  create: (challenge) => authenticator.create(challenge, distortion),
});

test("a registration with any attestation", async (t) => {
  const server = await startTestServer(t);
  const names = attestations([]).map(([name]) => name);
  for (const [place, name] of names.entries()) {
    await t.test(`opens no socket and is not refused: ${name}`, async (t) => {
      const { asked, urls } = await trap(t);
      const [, verified, distortion] = attestations(urls)[place] ?? assert.fail();
      const authenticator = attesting(await createAuthenticator(server.origin), distortion);
      const terminal = await TestTerminal.connect(server);
      const challenge = await terminal.begin(`person-${place}`, authenticator);
      const body = await terminal.finishBody(challenge);
      let attestation: unknown;
      const reached = await reachedOut(async () => {
        ({
          entry: { attestation },
        } = await terminal.request("register.finish", body));
      });
      assert.deepEqual(reached, []);
      assert.deepEqual(asked, []);
      const aaguid = distortion.aaguid === undefined ? model : noModel;
      const format = /^[a-z0-9-]+/.exec(name)?.[0];
      const expected = { format: format === "unknown" ? "acme" : format, aaguid };
      assert.deepEqual(attestation, verified ? { ...expected, verified: true } : expected);
    });
  }

  await t.test("whose format cannot be recorded is registered without", async () => {
    for (const [place, format] of ["x".repeat(33), 7, new Map()].entries()) {
      const authenticator = await createAuthenticator(server.origin);
      const terminal = await TestTerminal.connect(server);
      const device = attesting(authenticator, { attest: async () => [format, new Map()] });
      const { entry } = await terminal.register(`formless-${place}`, device);
      assert.equal(entry.attestation, undefined);
    }
    const longest = attesting(await createAuthenticator(server.origin), {
      attest: async () => ["x".repeat(32), new Map()],
    });
    const { entry } = await (await TestTerminal.connect(server)).register("longest", longest);
    assert.deepEqual(entry.attestation, { format: "x".repeat(32), aaguid: model });
  });
});

test("the library alone would fetch what certificates name, and the hook sees it", async (t) => {
  const { asked, urls } = await trap(t);
  const origin = "http://localhost:1";
  const authenticator = await createAuthenticator(origin);
  const challenge = crypto.getRandomValues(new Uint8Array(32));
  const created = await authenticator.create(challenge, { attest: androidKey({ urls }) });
  const id = toBase64Url(created.credentialId);
  const reached = await reachedOut(async () =>
    verifyRegistrationResponse({
      response: {
        id,
        rawId: id,
        type: "public-key",
        response: {
          clientDataJSON: toBase64Url(created.clientDataJson),
          attestationObject: toBase64Url(created.attestationObject),
        },
        clientExtensionResults: {},
      },
      expectedChallenge: toBase64Url(challenge),
      expectedOrigin: origin,
      expectedRPID: "localhost",
    }).catch(() => undefined),
  );
  assert.ok(reached.includes("TCPCONNECTWRAP"), reached.join());
  assert.ok(reached.includes("GETADDRINFOREQWRAP"), reached.join());
  assert.ok(asked.length > 0);
});

test("the attestation is not looked at before the register proof holds", async (t) => {
  const server = await startTestServer(t);
  const authenticator = await createAuthenticator(server.origin);
  const broken = {
    ...authenticator,
    create: async (challenge: Bytes) => {
      const created = await authenticator.create(challenge);
      return { ...created, attestationObject: Uint8Array.of(0xff) };
    },
  };
  const terminal = await TestTerminal.connect(server);
  const attempt = async (spoil: (body: RequestBody<"register.finish">) => RequestBody<"register.finish">) => {
    const body = await terminal.finishBody(await terminal.begin("alice", broken));
    return terminal.refusal("register.finish", spoil(body));
  };
  assert.equal(await attempt((body) => body), "registration.attestation");
  const code = await attempt((body) => {
    const { signature } = body.proof;
    if (signature.kind !== "webauthn") assert.fail();
    const other = signature.signature.map((byte, place) => (place === 10 ? byte ^ 1 : byte));
    assert.ok(!equalBytes(other, signature.signature));
    return { ...body, proof: { ...body.proof, signature: { ...signature, signature: other } } };
  });
  assert.equal(code, "proof.signature");
});

test("certificates beside a WebAuthn device are refused before the invite code is looked at", async (t) => {
  const server = await startTestServer(t, { registration: "invite" });
  const store = openSqliteStore(databasePath(server.dataDir));
  const [inviteCode = ""] = await createInvites(store, 1, Date.now());
  await store.close();
  const authenticator = await createAuthenticator(server.origin);
  const terminal = await TestTerminal.connect(server);
  const certificates = [new Uint8Array(100)];
  await changesNothing(server, async () => {
    for (const device of [authenticator, await softwareDevice()]) {
      const challenge = await terminal.begin("alice", device, "alice", inviteCode);
      const body = await terminal.finishBody(challenge);
      const withChain = { ...body, device: { ...body.device, certificates } };
      assert.equal(await terminal.refusal("register.finish", withChain), "certificate.notAccepted");
      // The challenge was not looked at either; without certificates it takes the code.
      assert.equal(await terminal.refusal("register.finish", body), "registration.inviteRequired");
    }
  });
  await terminal.register("alice", authenticator, inviteCode);
  assert.equal(terminal.userId, user("alice"));
});
