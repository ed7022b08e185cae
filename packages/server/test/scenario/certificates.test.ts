import assert from "node:assert/strict";
import { rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";

import type { SignatureDevice } from "@signet/device";
import { Authority, pemOf } from "@signet/e2e/support/authority.ts";
import { concatBytes } from "@signet/protocol";
import type { Bytes } from "@signet/protocol";

import { createInvites, databasePath, openSqliteStore } from "../../src/index.ts";
import { changesNothing } from "../support/snapshot.ts";
import { softwareDevice, startTestServer, tempDir } from "../support/test-server.ts";
import type { Cleanup, TestServer } from "../support/test-server.ts";
import { TestTerminal, user } from "../support/test-terminal.ts";

const minuteMs = 60_000;
const dayMs = 86_400_000;
let authority: Authority;

before(async () => {
  authority = await Authority.create();
});

function anchorsFile(test: Cleanup, text = authority.pem): string {
  const path = join(tempDir(test), "anchors.pem");
  writeFileSync(path, text);
  return path;
}

const withChain = (device: SignatureDevice, ...certificates: Bytes[]): SignatureDevice => ({
  ...device,
  certificates,
});

async function certified(
  name: string,
  dates: { readonly notBeforeMs?: number; readonly notAfterMs?: number } = {},
): Promise<{ readonly device: SignatureDevice; readonly serial: string }> {
  const device = await softwareDevice();
  const { certificate, serial } = await authority.issue(device, name, dates);
  return { device: withChain(device, certificate), serial };
}

/** The code with which the server refuses to register this device; nothing may have changed. */
async function registerRefusal(server: TestServer, userId: string, device: SignatureDevice): Promise<string> {
  const terminal = await TestTerminal.connect(server);
  let code = "";
  await changesNothing(server, async () => {
    const challenge = await terminal.begin(userId, device);
    code = await terminal.refusal("register.finish", await terminal.finishBody(challenge));
  });
  return code;
}

test("a device registers with a certificate, is found with it, and signs in, also after a restart", async (t) => {
  const trustAnchors = anchorsFile(t);
  const dataDir = tempDir(t);
  const server = await startTestServer(t, { trustAnchors, dataDir });
  const terminal = await TestTerminal.connect(server);
  const { device } = await certified("alice");
  const { entry } = await terminal.register("alice", device);
  assert.deepEqual(entry.certificates, device.certificates);
  assert.match(server.log(), /"certified":true/);
  const port = server.port;
  await terminal.close();
  await server.close();

  const again = await startTestServer(t, { trustAnchors, dataDir, port });
  const other = await TestTerminal.connect(again);
  const begun = await other.request("sign-in.begin", { userId: user("alice") });
  const { certificates: _personal, ...shown } = entry;
  assert.deepEqual(begun.entries, [shown], "strangers are not told what the certificate says of the person");
  const signedIn = await other.signIn("alice", device);
  assert.deepEqual(signedIn.entry, entry);
});

test("terminals are told the anchors and the part that is the user ID, and nothing where none are set", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t), userIdFrom: "cn" });
  const info = await (await TestTerminal.open(server)).hello();
  assert.deepEqual(info.certificates, { anchors: [authority.certificate], userIdFrom: "cn" });
  const plain = await startTestServer(t);
  assert.equal((await (await TestTerminal.open(plain)).hello()).certificates, undefined);
});

test("with a domain, an address elsewhere under the same authority gives no user ID", async (t) => {
  const trustAnchors = anchorsFile(t);
  const elsewhere = await startTestServer(t, { trustAnchors, userIdDomain: "bank.example" });
  const info = await (await TestTerminal.open(elsewhere)).hello();
  assert.equal(info.certificates?.userIdDomain, "bank.example", "terminals are told");
  const { device } = await certified("alice");
  assert.equal(await registerRefusal(elsewhere, "alice", device), "certificate.otherDomain");
  const here = await startTestServer(t, { trustAnchors, userIdDomain: "example.org" });
  await (await TestTerminal.connect(here)).register("alice", device);
});

test("a registration with a certificate that does not hold is refused", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const { device } = await certified("alice");
  assert.equal(await registerRefusal(server, "bob", device), "certificate.otherUser");

  const stranger = await softwareDevice();
  const stolen = withChain(stranger, ...(device.certificates ?? []));
  assert.equal(await registerRefusal(server, "alice", stolen), "certificate.otherKey");

  const namesake = await Authority.create(authority.name);
  const { certificate } = await namesake.issue(stranger, "alice");
  assert.equal(
    await registerRefusal(server, "alice", withChain(stranger, certificate)),
    "certificate.badSignature",
  );

  const now = Date.now();
  const expired = await certified("alice", { notAfterMs: now - minuteMs });
  assert.equal(await registerRefusal(server, "alice", expired.device), "certificate.expired");
  const early = await certified("alice", { notBeforeMs: now + minuteMs });
  assert.equal(await registerRefusal(server, "alice", early.device), "certificate.notYetValid");
  const current = await certified("alice", { notBeforeMs: now - minuteMs, notAfterMs: now + minuteMs });
  const terminal = await TestTerminal.connect(server);
  await terminal.register("alice", current.device);
});

test("a server without trust anchors takes no certificates", async (t) => {
  const server = await startTestServer(t);
  const { device } = await certified("alice");
  assert.equal(await registerRefusal(server, "alice", device), "certificate.notAccepted");
});

test("where it takes an invitation, a valid certificate stands in its place; nothing else does", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t), registration: "invite" });
  const plain = await softwareDevice();
  assert.equal(await registerRefusal(server, "alice", plain), "registration.inviteRequired");
  const namesake = await Authority.create(authority.name);
  const { certificate } = await namesake.issue(plain, "alice");
  assert.equal(
    await registerRefusal(server, "alice", withChain(plain, certificate)),
    "certificate.badSignature",
  );
  const { device } = await certified("alice");
  await (await TestTerminal.connect(server)).register("alice", device);

  // A wrong code is still told before the touch; a good one is not used up by who does not need it.
  const store = openSqliteStore(databasePath(server.dataDir));
  const [code = ""] = await createInvites(store, 1, Date.now());
  await store.close();
  const other = await TestTerminal.connect(server);
  const body = { userId: user("bob"), displayName: "Bob", inviteCode: "wrong" };
  assert.equal(await other.refusal("register.begin", body), "registration.inviteInvalid");
  const bob = await certified("bob");
  await other.register("bob", bob.device, code);
  await (await TestTerminal.connect(server)).register("carol", plain, code);
});

test("a closed server takes nobody, certificate or not", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t), registration: "closed" });
  const terminal = await TestTerminal.connect(server);
  const alice = { userId: user("alice"), displayName: "Alice" };
  assert.equal(await terminal.refusal("register.begin", alice), "registration.closed");
});

test("no sign-in with a certificate that ran out; who is signed in stays", async (t) => {
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t) });
  const terminal = await TestTerminal.connect(server);
  const notAfterMs = Math.floor(Date.now() / 1000) * 1000 + 10 * minuteMs;
  const { device } = await certified("alice", { notAfterMs });
  await terminal.register("alice", device);
  const other = await TestTerminal.connect(server);
  other.clock = () => notAfterMs;
  server.setClock(notAfterMs - Date.now() - minuteMs);
  await other.signIn("alice", device);
  server.setClock(notAfterMs - Date.now() + minuteMs);
  const late = await TestTerminal.connect(server, () => notAfterMs + minuteMs);
  late.userId = user("alice");
  late.device = device;
  await changesNothing(server, async () => {
    const proof = await late.signInProof();
    assert.equal(await late.refusal("sign-in.finish", { proof }), "certificate.expired");
  });
  // The proof comes first: a stranger does not make the server validate chains.
  const stranger = { ...(await softwareDevice()), deviceId: device.deviceId };
  const forged = await late.signInProof(undefined, stranger);
  assert.equal(await late.refusal("sign-in.finish", { proof: forged }), "proof.signature");
  await other.reconnect();
  other.clock = () => notAfterMs + minuteMs;
  await other.resume();
});

test("a revocation holds without a restart, and until the list can be read again", async (t) => {
  const path = join(tempDir(t), "authority.crl");
  const { device, serial } = await certified("alice");
  const { device: device2, serial: serial2 } = await certified("bob");
  writeFileSync(path, pemOf("X509 CRL", await authority.revoke()));
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t), crls: [path] });
  const terminal = await TestTerminal.connect(server);
  await terminal.register("alice", device);
  await (await TestTerminal.connect(server)).register("bob", device2);
  const refusal = async (userId: string, used: SignatureDevice) => {
    const other = await TestTerminal.connect(server);
    other.userId = user(userId);
    other.device = used;
    return other.refusal("sign-in.finish", { proof: await other.signInProof() });
  };

  writeFileSync(path, await authority.revoke(serial));
  assert.equal(await refusal("alice", device), "certificate.revoked");
  assert.match(server.log(), /revocation lists read again/);
  await (await TestTerminal.connect(server)).signIn("bob", device2);

  writeFileSync(path, "what is this");
  assert.equal(await refusal("alice", device), "certificate.revoked");
  rmSync(path);
  assert.equal(await refusal("alice", device), "certificate.revoked");
  assert.match(server.log(), /the former ones hold/);
  symlinkSync(path, path);
  assert.equal(await refusal("alice", device), "certificate.revoked", "a link to itself");
  rmSync(path);

  writeFileSync(path, await authority.revoke(serial2));
  await (await TestTerminal.connect(server)).signIn("alice", device);
  assert.equal(await refusal("bob", device2), "certificate.revoked");
});

test("revoked before it was registered: refused", async (t) => {
  const path = join(tempDir(t), "authority.crl");
  const { device, serial } = await certified("alice");
  writeFileSync(path, await authority.revoke(serial));
  const server = await startTestServer(t, { trustAnchors: anchorsFile(t), crls: [path] });
  assert.equal(await registerRefusal(server, "alice", device), "certificate.revoked");
});

test("a server that accepts no certificates any more, or others, lets nobody in by them", async (t) => {
  const dataDir = tempDir(t);
  const first = await startTestServer(t, { trustAnchors: anchorsFile(t), dataDir });
  const { port } = first;
  const { device } = await certified("alice");
  const plain = await softwareDevice();
  await (await TestTerminal.connect(first)).register("alice", device);
  await (await TestTerminal.connect(first)).register("bob", plain);
  await first.close();
  const other = await Authority.create("Another Root");
  for (const [options, code] of [
    [{}, "certificate.notAccepted"],
    [{ trustAnchors: anchorsFile(t, other.pem) }, "certificate.untrusted"],
  ] as const) {
    const server = await startTestServer(t, { ...options, dataDir, port });
    const terminal = await TestTerminal.connect(server);
    terminal.userId = user("alice");
    terminal.device = device;
    const proof = await terminal.signInProof();
    assert.equal(await terminal.refusal("sign-in.finish", { proof }), code);
    await terminal.signIn("bob", plain);
    // The entry is shown as it was registered; each terminal judges it.
    const { people } = await terminal.request("directory.lookup", { userIds: [user("alice")] });
    assert.deepEqual(people[0]?.entry?.certificates, device.certificates);
    await terminal.close();
    await server.close();
  }
});

test("where the user ID comes from another part since, the certificate has to give the same one", async (t) => {
  const dataDir = tempDir(t);
  const trustAnchors = anchorsFile(t);
  const first = await startTestServer(t, { trustAnchors, dataDir });
  const { port } = first;
  const device = await softwareDevice();
  const { certificate } = await authority.issue(device, "alice", { commonName: "Bob" });
  const alice = withChain(device, certificate);
  await (await TestTerminal.connect(first)).register("alice", alice);
  await first.close();
  const server = await startTestServer(t, { trustAnchors, dataDir, port, userIdFrom: "cn" });
  const terminal = await TestTerminal.connect(server);
  terminal.userId = user("alice");
  terminal.device = alice;
  const proof = await terminal.signInProof();
  assert.equal(await terminal.refusal("sign-in.finish", { proof }), "certificate.otherUser");
});

test("a server does not start with anchors or lists that it cannot use", async (t) => {
  const dir = tempDir(t);
  const file = (name: string, content: string | Bytes): string => {
    const path = join(dir, name);
    writeFileSync(path, content);
    return path;
  };
  const anchors = file("anchors.pem", authority.pem);
  const problem = async (options: Parameters<typeof startTestServer>[1]): Promise<string> => {
    try {
      await startTestServer(t, options);
    } catch (error) {
      const { message, hint } = error as { message: string; hint: string };
      assert.doesNotMatch(`${message}${hint}`, /\n/);
      assert.ok(hint.length > 0);
      return message.replaceAll(`${dir}/`, "");
    }
    return assert.fail("it started");
  };
  assert.equal(await problem({ trustAnchors: join(dir, "none.pem") }), "cannot read none.pem");
  const unusable = async (path: string): Promise<string> => problem({ trustAnchors: path });
  assert.equal(
    await unusable(file("empty.pem", "words\n")),
    "empty.pem cannot be used: certificate.fileWithout",
  );
  assert.match(
    await problem({ trustAnchors: file("17.pem", authority.pem.repeat(17)) }),
    /^17\.pem holds 17 certificates, and at most 16/,
  );
  await (await startTestServer(t, { trustAnchors: file("16.pem", authority.pem.repeat(16)) })).close();
  const large = pemOf("CERTIFICATE", new Uint8Array(4097).fill(0x30));
  assert.equal(await unusable(file("large.pem", large)), "large.pem cannot be used: certificate.fileOther");
  const long = concatBytes(authority.certificate, new Uint8Array(4096));
  assert.equal(
    await unusable(file("long.pem", pemOf("CERTIFICATE", long))),
    "long.pem cannot be used: certificate.tooLarge",
  );
  const odd = pemOf("CERTIFICATE", authority.certificate.slice(0, -1));
  assert.equal(await unusable(file("odd.pem", odd)), "odd.pem cannot be used: certificate.malformed");
  const old = await Authority.create("Old Root", { notAfterMs: Date.now() - dayMs });
  assert.equal(
    await problem({ trustAnchors: file("old.pem", old.pem) }),
    "CN=Old Root in old.pem has expired",
  );
  const person = await Authority.create("Somebody", {}, false);
  assert.match(
    await problem({ trustAnchors: file("person.pem", person.pem) }),
    /^CN=Somebody in person\.pem is no authority's certificate$/,
  );
  assert.equal(await problem({ crls: [anchors] }), "--crl needs --trust-anchors");
  assert.equal(await problem({ userIdFrom: "cn" }), "--user-id-from needs --trust-anchors");
  assert.equal(await problem({ userIdDomain: "bank.example" }), "--user-id-domain needs --trust-anchors");
  assert.equal(
    await problem({ trustAnchors: anchorsFile(t), userIdFrom: "cn", userIdDomain: "bank.example" }),
    "--user-id-domain does not go with --user-id-from cn",
  );
  assert.equal(
    await problem({ trustAnchors: anchors, crls: [join(dir, "none.crl")] }),
    "cannot read none.crl",
  );
  assert.equal(
    await problem({ trustAnchors: anchors, crls: [anchors] }),
    "anchors.pem cannot be used: certificate.crlOther",
  );
});
