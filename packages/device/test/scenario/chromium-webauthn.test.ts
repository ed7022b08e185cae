/** Real assertions of Chromium's virtual authenticator, verified in Node. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { openSoftwareKey, sha256, verifyDeviceProof, foldHistory } from "@signet/device";
import type { Person } from "@signet/device";
import { launchChromium } from "@signet/e2e/support/chromium.ts";
import { DirectoryEntryIn, ProofIn, fromBase64Url, toBase64Url } from "@signet/protocol";
import { verifyAuthenticationResponse, verifyRegistrationResponse } from "@simplewebauthn/server";
import type { Browser, BrowserContext, CDPSession, Page } from "playwright-core";

import type { actions } from "../browser/page.ts";
import { servePage } from "../browser/serve.ts";
import { assertRefused } from "../support/people.ts";

/** A page that waits for what never comes fails instead of hanging. */
const timeout = 180_000;

interface RegistrationOnWire {
  readonly attestationObject: string;
  readonly clientDataJson: string;
  readonly credentialId: string;
  readonly publicKey: string;
  readonly transports: string[];
  readonly userVerified: boolean;
}

describe("WebAuthn in Chromium", { timeout }, () => {
  let served: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let devtools: CDPSession;
  let authenticatorId: string;
  let serverOrigin: string;

  before(async () => {
    served = await servePage();
    serverOrigin = `http://localhost:${served.port}`;
    browser = await launchChromium();
    context = await browser.newContext();
    page = await context.newPage();
    await open(serverOrigin);
    devtools = await context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    authenticatorId = await addAuthenticator(true);
  });

  after(async () => {
    await browser?.close();
    await served?.close();
  });

  /** Without user verification as a plain security key is: Chromium makes no resident keys on such a device either. */
  async function addAuthenticator(hasUserVerification: boolean): Promise<string> {
    const added = await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        transport: "usb",
        hasResidentKey: hasUserVerification,
        hasUserVerification,
        isUserVerified: hasUserVerification,
        automaticPresenceSimulation: true,
      },
    });
    return added.authenticatorId;
  }

  async function open(origin: string): Promise<void> {
    await page.goto(`${origin}/`);
    await page.waitForFunction(() => "actions" in globalThis);
  }

  type Actions = typeof actions;
  async function ask<Name extends keyof Actions>(
    name: Name,
    request?: Parameters<Actions[Name]>[0],
  ): Promise<string> {
    return page.evaluate(
      async ([name, request]) => {
        const { actions } = globalThis as unknown as {
          actions: Record<string, (request: unknown) => Promise<string>>;
        };
        return (await actions[name]?.(request)) ?? "";
      },
      [name, request] as const,
    );
  }

  async function register(request: Parameters<Actions["register"]>[0]) {
    const text = await ask("register", request);
    const { entry, registration } = JSON.parse(text) as { entry: unknown; registration: RegistrationOnWire };
    const verified = await foldHistory(DirectoryEntryIn.parse(entry), {
      serverOrigin,
      administratorDevices: async () => undefined,
    });
    assert.ok(verified.ok, verified.ok ? "" : verified.code);
    return {
      person: verified.person,
      entry: verified.person.history,
      registration,
      entryText: JSON.stringify(entry),
    };
  }

  const signCall = async (): Promise<ProofIn> => ProofIn.parse(JSON.parse(await ask("signCall")));

  async function verifyCall(proof: ProofIn, person: Person) {
    const time = { nowMs: Date.now() };
    return verifyDeviceProof(proof, { purpose: "call", serverOrigin, person, time });
  }

  for (const algorithm of ["ES256", "EdDSA", "RS256"] as const) {
    test(`${algorithm}: made, registered and used; ours, the library and the browser agree`, async () => {
      const { entry, person, registration, entryText } = await register({
        algorithms: [algorithm],
        attestation: "direct",
      });
      assert.equal(entry.algorithm, algorithm);
      assert.equal(entry.userVerification, true);
      assert.equal(await ask("verifyEntry", { entry: entryText }), "ok");

      const proof = await signCall();
      const result = await verifyCall(proof, person);
      assert.ok(result.ok, result.ok ? "" : result.code);
      assert.deepEqual(result.proof.transcript.memberUserIds, ["bob"]);
      assert.equal(result.proof.authenticator?.userVerified, true);

      const attested = await verifyRegistrationResponse({
        response: {
          id: registration.credentialId,
          rawId: registration.credentialId,
          type: "public-key",
          clientExtensionResults: {},
          response: {
            attestationObject: registration.attestationObject,
            clientDataJSON: registration.clientDataJson,
          },
        },
        expectedChallenge: toBase64Url(new Uint8Array(32).fill(1)),
        expectedOrigin: serverOrigin,
        expectedRPID: "localhost",
        requireUserVerification: true,
      });
      assert.ok(attested.verified);
      assert.equal(attested.registrationInfo.fmt, "packed");
      assert.equal(registration.userVerified, attested.registrationInfo.userVerified);
      assert.deepEqual(registration.transports, ["usb"]);
      assert.deepEqual(entry.publicKey, fromBase64Url(registration.publicKey));

      const { signature } = proof;
      assert.equal(signature.kind, "webauthn");
      const id = registration.credentialId;
      const asserted = await verifyAuthenticationResponse({
        response: {
          id,
          rawId: id,
          type: "public-key",
          clientExtensionResults: {},
          response: {
            authenticatorData: toBase64Url(signature.authenticatorData),
            clientDataJSON: toBase64Url(signature.clientDataJson),
            signature: toBase64Url(signature.signature),
          },
        },
        expectedChallenge: toBase64Url(await sha256(proof.transcript)),
        expectedOrigin: serverOrigin,
        expectedRPID: "localhost",
        credential: { ...attested.registrationInfo.credential, counter: 0 },
        requireUserVerification: true,
      });
      assert.ok(asserted.verified);
    });
  }

  test("all algorithms on offer: the device takes the first", async () => {
    assert.equal((await register({})).entry.algorithm, "ES256");
  });

  test("a device whose check of its user fails: device.cancelled", async () => {
    await register({});
    await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: false });
    try {
      assert.equal(await ask("signCallCode"), "device.cancelled");
    } finally {
      await devtools.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified: true });
    }
  });

  test("a device that cannot check its user is registered and accepted as such", async () => {
    await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
    authenticatorId = await addAuthenticator(false);
    try {
      const { entry, person } = await register({});
      assert.equal(entry.userVerification, false);
      const result = await verifyCall(await signCall(), person);
      assert.ok(result.ok);
      assert.equal(result.proof.authenticator?.userVerified, false);
    } finally {
      await devtools.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
      authenticatorId = await addAuthenticator(true);
    }
  });

  test("a proof shown to another server: proof.origin", async () => {
    const { person } = await register({});
    const time = { nowMs: Date.now() };
    const expected = { purpose: "call", serverOrigin: "http://localhost:1", person, time } as const;
    assertRefused(await verifyDeviceProof(await signCall(), expected), "proof.origin");
  });

  test("a device that is registered already: device.alreadyRegistered", async () => {
    const { registration } = await register({});
    assert.equal(await ask("createCode", { exclude: registration.credentialId }), "device.alreadyRegistered");
  });

  test("given up before and during the wait for a touch: device.cancelled", async () => {
    await register({});
    await devtools.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: false });
    try {
      assert.equal(await ask("abortedCodes"), "device.cancelled device.cancelled device.cancelled");
    } finally {
      await devtools.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId, enabled: true });
    }
  });

  test("an RP ID that is not the page's: device.unsupported", async () => {
    assert.equal(await ask("createCode", { serverOrigin: "https://example.com" }), "device.unsupported");
  });

  test("a key file made in the browser opens in Node", async () => {
    const fileText = await ask("softwareKeyFile", { passphrase: "word" });
    assert.equal((await openSoftwareKey(fileText, "word")).algorithm, "EdDSA");
  });

  test("a page on an IP address: device.unsupported", async () => {
    assert.equal(await ask("isAvailable"), "true");
    await open(`http://127.0.0.1:${served.port}`);
    assert.equal(await ask("createCode", {}), "device.unsupported");
  });
});
