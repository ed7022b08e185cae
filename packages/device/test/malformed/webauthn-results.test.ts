/** Answers of foreign code in place of the browser: whatever is missing or wrong in them, what the device made is read, or nothing. */
import assert from "node:assert/strict";
import { before, describe, mock, test } from "node:test";
import { createContext, runInContext } from "node:vm";

import { createWebAuthnDevice, openWebAuthnDevice } from "@signet/device";
import type { WebAuthnDevice } from "@signet/device";
import { SignetError, concatBytes, utf8 } from "@signet/protocol";
import type { Bytes, DeviceAlgorithm, Transcript } from "@signet/protocol";
import fc from "fast-check";

import { readAssertion, readCreation } from "../../src/webauthn-results.ts";
import { testCreation } from "../support/creation.ts";
import type { TestCreation } from "../support/creation.ts";

const origin = "https://calls.example.org";
const accepted = ["ES256", "EdDSA", "RS256"] as const;

const refused = (code: string) => (error: unknown) => {
  assert.ok(error instanceof SignetError, String(error));
  assert.equal(error.code, code);
  return true;
};

/** Each getter as the browser has it, and as password managers have it. */
const getters = ["getPublicKey", "getPublicKeyAlgorithm", "getAuthenticatorData", "getTransports"] as const;
const wrong: Readonly<Record<string, unknown>> = {
  "that gives null": () => null,
  "that gives undefined": () => undefined,
  "that gives a number": () => 7,
  "that gives text": () => "usb",
  "that gives other bytes": () => new Uint8Array(40),
  "that gives a promise that never settles": () => new Promise(() => undefined),
  "that throws": () => {
    throw new TypeError("Illegal invocation");
  },
  "that is null": null,
  "that is no function": "usb",
};

describe("results of navigator.credentials", () => {
  let made: TestCreation;
  let response: Readonly<Record<string, unknown>>;
  before(async () => {
    made = await testCreation("ES256", origin);
    const buffer = (bytes: Bytes): ArrayBuffer => bytes.buffer.slice(0, bytes.length);
    response = {
      attestationObject: buffer(await made.attestationObject()),
      clientDataJSON: buffer(made.clientDataJSON),
      getPublicKey: () => buffer(made.authenticator.publicKey),
      getPublicKeyAlgorithm: () => -7,
      getAuthenticatorData: () => new ArrayBuffer(37),
      getTransports: () => ["usb", "nfc"],
    };
  });

  async function assertRead(changed: Readonly<Record<string, unknown>>, transports: readonly string[]) {
    const { algorithm, publicKey, credentialId, userVerified, ...rest } = await readCreation(
      { response: changed },
      accepted,
    );
    assert.equal(algorithm, "ES256");
    assert.deepEqual(publicKey, made.authenticator.publicKey);
    assert.deepEqual(credentialId, made.credentialId);
    assert.equal(userVerified, true);
    assert.deepEqual(rest.clientDataJson, made.clientDataJSON);
    assert.deepEqual(rest.transports, transports);
  }

  test("any of the getters may be missing: all comes from the attestation object", async () => {
    for (let missing = 0; missing < 2 ** getters.length; missing++) {
      const left = { ...response };
      for (const [place, name] of getters.entries()) if ((missing & (1 << place)) !== 0) delete left[name];
      await assertRead(left, (missing & 8) === 0 ? ["usb", "nfc"] : []);
    }
  });

  for (const [how, value] of Object.entries(wrong))
    test(`any of the getters may be one ${how}`, async () => {
      for (const name of getters)
        await assertRead({ ...response, [name]: value }, name === "getTransports" ? [] : ["usb", "nfc"]);
    });

  test("transports are hints: what is no text is left out, and there are not more than 16", async () => {
    const some = [1, "usb", null, { toString: () => "ble" }, "nfc"];
    await assertRead({ ...response, getTransports: () => some }, ["usb", "nfc"]);
    const many = Array.from({ length: 40 }, (_, n) => `t${n}`);
    await assertRead({ ...response, getTransports: () => many }, many.slice(0, 16));
  });

  for (const algorithm of accepted)
    test(`${algorithm}: the key as the browser would give it`, async () => {
      const creation = await testCreation(algorithm, origin);
      const attestationObject = await creation.attestationObject({ flags: 0x41 });
      const { clientDataJSON } = creation;
      const read = await readCreation({ response: { attestationObject, clientDataJSON } }, accepted);
      assert.deepEqual(read.publicKey, creation.authenticator.publicKey);
      assert.equal(read.algorithm, algorithm);
      assert.equal(read.userVerified, false);
    });

  test("bytes of another realm and views of a longer buffer are bytes", async () => {
    const attestation = await made.attestationObject();
    const longer = concatBytes(Uint8Array.of(9, 9), attestation, Uint8Array.of(9));
    const view = longer.subarray(2, 2 + attestation.length);
    await assertRead({ ...response, attestationObject: view }, ["usb", "nfc"]);
    const foreign: unknown = runInContext(
      `new Uint8Array([${attestation.join()}]).buffer`,
      createContext({}),
    );
    assert.ok(!(foreign instanceof ArrayBuffer));
    await assertRead({ ...response, attestationObject: foreign }, ["usb", "nfc"]);
  });

  const nothings: readonly unknown[] = [null, undefined, 0, "", "text", [], {}, { response: null }, () => 1];
  const noBytes: readonly unknown[] = [
    null,
    undefined,
    "o2NmbXRkbm9uZQ",
    [1, 2, 3],
    { byteLength: 4 },
    new ArrayBuffer(0),
    { [Symbol.toStringTag]: "ArrayBuffer", length: 3 },
    Promise.resolve(new ArrayBuffer(4)),
  ];

  test("no answer at all, or none with bytes: device.badAnswer", async () => {
    const unread: unknown[] = [...nothings, { response: {} }];
    for (const name of ["attestationObject", "clientDataJSON"])
      for (const value of noBytes) unread.push({ response: { ...response, [name]: value } });
    const throwing = {
      get response(): never {
        throw new Error("gone");
      },
    };
    for (const result of [...unread, throwing])
      await assert.rejects(readCreation(result, accepted), refused("device.badAnswer"));
  });

  test("an attestation object that is cut off, longer, or of anything else: device.badAnswer", async () => {
    const whole = await made.attestationObject();
    const { clientDataJSON } = made;
    const objects: Bytes[] = [concatBytes(whole, Uint8Array.of(0)), Uint8Array.of(0xa0), utf8("text")];
    for (let length = 1; length < whole.length; length += 7) objects.push(whole.slice(0, length));
    objects.push(await made.attestationObject({ flags: 0x05 }));
    objects.push(await made.attestationObject({ flags: 0xc5 }));
    objects.push(await made.attestationObject({ after: Uint8Array.of(0) }));
    objects.push(await made.attestationObject({ credentialId: new Uint8Array() }));
    objects.push(await made.attestationObject({ credentialId: new Uint8Array(1024) }));
    objects.push(await made.attestationObject({ cose: 7 }));
    objects.push(concatBytes(whole, new Uint8Array(32_769)));
    for (const attestationObject of objects)
      await assert.rejects(
        readCreation({ response: { attestationObject, clientDataJSON } }, accepted),
        refused("device.badAnswer"),
      );
    const longest = await made.attestationObject({ credentialId: new Uint8Array(1023) });
    await readCreation({ response: { attestationObject: longest, clientDataJSON } }, accepted);
  });

  test("a key of another algorithm, type, curve or length, or on no curve: proof.algorithm", async () => {
    const changes: readonly (readonly [number, Parameters<typeof made.cose.set>[1]])[] = [
      [1, 1],
      [3, -35],
      [3, -8],
      [-1, 2],
      [-2, new Uint8Array(31)],
      [-2, new Uint8Array(32)],
      [-3, "y"],
    ];
    const { clientDataJSON } = made;
    for (const [label, value] of changes) {
      const attestationObject = await made.attestationObject({ cose: new Map(made.cose).set(label, value) });
      const result = { response: { attestationObject, clientDataJSON } };
      await assert.rejects(readCreation(result, accepted), refused("proof.algorithm"));
    }
    const attestationObject = await made.attestationObject();
    await assert.rejects(
      readCreation({ response: { attestationObject, clientDataJSON } }, ["EdDSA"]),
      refused("proof.algorithm"),
    );
  });

  test("whatever bytes an attestation object has, it is read or refused", async () => {
    const { clientDataJSON } = made;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (attestationObject) => {
        await assert.rejects(
          readCreation({ response: { attestationObject, clientDataJSON } }, accepted),
          refused("device.badAnswer"),
        );
      }),
    );
  });

  test("an assertion without bytes: device.badAnswer", () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const whole = { authenticatorData: bytes, clientDataJSON: bytes, signature: bytes.buffer };
    assert.deepEqual(readAssertion({ response: whole }), {
      authenticatorData: bytes,
      clientDataJson: bytes,
      signature: bytes,
    });
    for (const result of [...nothings, { response: {} }])
      assert.throws(() => readAssertion(result), refused("device.badAnswer"));
    for (const name of Object.keys(whole))
      for (const value of [...noBytes, new Uint8Array(2049)])
        assert.throws(
          () => readAssertion({ response: { ...whole, [name]: value } }),
          refused("device.badAnswer"),
        );
  });
});

/** Stands where the browser has `navigator.credentials`, as foreign code does. */
async function withCredentials(credentials: object, run: () => Promise<unknown>): Promise<void> {
  const names = ["navigator", "isSecureContext", "PublicKeyCredential"] as const;
  const before = names.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  const values = [{ credentials }, true, function PublicKeyCredential() {}];
  for (const [place, name] of names.entries())
    Object.defineProperty(globalThis, name, { value: values[place], configurable: true });
  try {
    await run();
  } finally {
    for (const [name, descriptor] of before)
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
  }
}

describe("foreign code that is asked", () => {
  const create = (signal?: AbortSignal) =>
    createWebAuthnDevice({
      serverOrigin: origin,
      userId: "alice",
      displayName: "Alice",
      challenge: new Uint8Array(32),
      ...(signal === undefined ? {} : { signal }),
    });
  const transcriptFor = (device: WebAuthnDevice): Transcript<"call"> => ({
    purpose: "call",
    serverOrigin: origin,
    userId: "alice",
    deviceId: device.deviceId,
    issuedAtMs: 1,
    callId: "AAAAAAAAAAAAAAAAAAAAAA",
    memberUserIds: ["bob"],
    leafKey: new Uint8Array(32),
    head: new Uint8Array(32),
    checkpoint: new Uint8Array(),
  });
  const opened = async (algorithm: DeviceAlgorithm = "ES256") => {
    const { authenticator, credentialId } = await testCreation(algorithm, origin);
    const { publicKey } = authenticator;
    return {
      authenticator,
      device: await openWebAuthnDevice({ algorithm, publicKey, credentialId }, origin),
    };
  };

  const never = new Promise<never>(() => undefined);

  test("a promise that never settles ends after 65 seconds: device.noAnswer", async () => {
    const { device } = await opened();
    const signals: AbortSignal[] = [];
    const ask = ({ signal }: { signal: AbortSignal }) => {
      signals.push(signal);
      return never;
    };
    await withCredentials({ create: ask, get: ask }, async () => {
      for (const action of [() => create(), () => device.sign(transcriptFor(device))]) {
        mock.timers.enable({ apis: ["setTimeout"] });
        try {
          let settled = false;
          const asked = signals.length;
          const waiting = action().finally(() => (settled = true));
          waiting.catch(() => undefined);
          while (signals.length === asked) await new Promise((resolve) => setImmediate(resolve));
          mock.timers.tick(64_999);
          await new Promise((resolve) => setImmediate(resolve));
          assert.equal(settled, false);
          mock.timers.tick(1);
          await assert.rejects(waiting, refused("device.noAnswer"));
          assert.equal(signals.at(-1)?.aborted, true, "what it began is ended");
        } finally {
          mock.timers.reset();
        }
      }
    });
  });

  test("given up while it does not listen: device.cancelled at once", async () => {
    await withCredentials({ create: () => never }, async () => {
      const abort = new AbortController();
      const waiting = create(abort.signal);
      abort.abort();
      await assert.rejects(waiting, refused("device.cancelled"));
    });
  });

  test("what it throws is told by its name, whatever it is", async () => {
    const named = (name: string) => ({ name, message: "of no class that is known here" });
    const thrown: readonly (readonly [unknown, string])[] = [
      [named("NotAllowedError"), "device.cancelled"],
      [named("SecurityError"), "device.unsupported"],
      // Nothing was excluded: it does not say that a device is registered.
      [named("InvalidStateError"), "device.failed"],
      [new TypeError("x is not a function"), "device.failed"],
      ["text", "device.failed"],
      [undefined, "device.failed"],
    ];
    for (const [error, code] of thrown) {
      const ask = () => {
        throw error;
      };
      await withCredentials({ create: ask }, () => assert.rejects(create(), refused(code)));
    }
    await withCredentials({}, () => assert.rejects(create(), refused("device.failed")));
  });

  test("null, undefined, and something else than a promise: device.badAnswer", async () => {
    const { device } = await opened();
    for (const result of [null, undefined, 7, {}, Promise.resolve(null), Promise.resolve({ response: {} })])
      await withCredentials({ create: () => result, get: () => result }, async () => {
        await assert.rejects(create(), refused("device.badAnswer"));
        await assert.rejects(device.sign(transcriptFor(device)), refused("device.badAnswer"));
      });
  });

  test("a signature by another key, or of another challenge, is not given away: device.badAnswer", async () => {
    const { authenticator, device } = await opened();
    const { authenticator: other } = await opened();
    const transcript = transcriptFor(device);
    /** As the page takes it from the browser. */
    const answer = async (signer: Pick<typeof authenticator, "sign">, signed: Transcript = transcript) => {
      const { signature } = await signer.sign(signed);
      assert.equal(signature.kind, "webauthn");
      const { authenticatorData, clientDataJson: clientDataJSON } = signature;
      return { response: { authenticatorData, clientDataJSON, signature: signature.signature } };
    };
    const signing = async (result: unknown) => {
      await withCredentials({ get: () => result }, async () => {
        await device.sign(transcript);
      });
    };
    await signing(await answer(authenticator));
    await assert.rejects(signing(await answer(other)), refused("device.badAnswer"));
    const late = { ...transcript, issuedAtMs: 2 };
    await assert.rejects(signing(await answer(authenticator, late)), refused("device.badAnswer"));
    const absent = authenticator.distorted({ flags: 0 });
    await assert.rejects(signing(await answer(absent)), refused("proof.userPresence"));
  });
});
