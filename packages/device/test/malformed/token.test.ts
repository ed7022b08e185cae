/** Everything that can be wrong with a token has its own sentence; SoftHSM shows it, or the wrapper around it does. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, describe, test } from "node:test";
import { inspect } from "node:util";

import { generateTokenKey, listTokens, openToken } from "@signet/device/pkcs11";
import type { PinPrompt, TokenChoice } from "@signet/device/pkcs11";
import { SignetError } from "@signet/protocol";
import type { ErrorCode } from "@signet/protocol";
import { findSoftHsm, keyOrder } from "@signet/test-token";

import {
  assertProves,
  goodPin,
  neverAsked,
  rejectsWith,
  signSomething,
  tokenFor,
} from "../support/tokens.ts";

/** Bits of CK_TOKEN_INFO */
const writeProtected = 0x2;
const pinInitialized = 0x8;
const countLow = 0x1_0000;
const finalTry = 0x2_0000;
const locked = 0x4_0000;
const toBeChanged = 0x8_0000;
/** CKA_TOKEN: false makes an object that is gone with its session. CKA_ID, CKA_SIGN. */
const [ckaToken, ckaId, ckaSign] = [0x1, 0x102, 0x108];

const folder = mkdtempSync(join(tmpdir(), "signet-modules-"));
after(() => rmSync(folder, { recursive: true }));

const token = tokenFor({ keys: [{ label: "good", kind: "p256" }] });
const { modulePath } = token;
afterEach(() => token.behave({}));

/** What the module said, as it is told beside the sentence. */
const reasonIn = (error: unknown): unknown =>
  error instanceof SignetError && error.cause instanceof Error ? error.cause.message : error;

const logins = (): number => token.calls().filter((name) => name === "C_Login").length;

describe("the module", () => {
  const opening = async (path: string, code: ErrorCode): Promise<void> => {
    await rejectsWith(openToken({ modulePath: path }, neverAsked), code);
    await rejectsWith(listTokens(path, neverAsked), code);
  };

  test("no file at the path", async () => opening(join(folder, "none.so"), "device.moduleNotFound"));
  test("a path below a file", async () => opening(join(modulePath, "none.so"), "device.moduleNotFound"));
  test("a folder at the path", async () => opening(folder, "device.moduleNoFile"));

  test("a pipe at the path, at which nobody waits", async () => {
    const pipe = join(folder, "pipe.so");
    assert.equal(spawnSync("sh", ["-c", 'mkfifo "$0"', pipe]).status, 0);
    await opening(pipe, "device.moduleNoFile");
  });

  test("a file that is no library", async () => {
    const text = join(folder, "text.so");
    writeFileSync(text, "hello");
    await opening(text, "device.moduleUnusable");
  });

  test("a library that is no PKCS#11 module", async () => {
    // The binding itself is a library at hand.
    const library = join(import.meta.dirname, "../../../../node_modules/pkcs11js/build/Release/pkcs11.node");
    assert.ok(existsSync(library));
    await opening(library, "device.moduleUnusable");
  });

  test("a module that does not start", async () => {
    // CKR_GENERAL_ERROR
    token.behave({ fail: { C_Initialize: 0x5 } });
    await opening(modulePath, "device.moduleNotStarted");
    const error = await listTokens(modulePath).catch((caught: unknown) => caught);
    assert.equal(reasonIn(error), "C_Initialize: CKR_GENERAL_ERROR (0x5)");
  });

  test("a module that somebody else in the process uses already is used all the same", async () => {
    // CKR_CRYPTOKI_ALREADY_INITIALIZED; and nobody really did, so it gets no further.
    token.behave({ fail: { C_Initialize: 0x191 } });
    const finalized = (): number => token.calls().filter((name) => name === "C_Finalize").length;
    const before = finalized();
    await rejectsWith(openToken({ modulePath }, neverAsked), "device.tokenFailed");
    assert.equal(finalized(), before, "what others use is not ended");
  });

  test("pkcs11js is not installed", () => {
    const hide = join(folder, "hide.cjs");
    writeFileSync(
      hide,
      `const Module = require("node:module");
       const resolve = Module._resolveFilename;
       Module._resolveFilename = (name, ...rest) => {
         if (name === "pkcs11js") throw new Error("Cannot find module 'pkcs11js'");
         return resolve(name, ...rest);
       };`,
    );
    const program = `
      import { openToken } from "@signet/device/pkcs11";
      await openToken({ modulePath: ${JSON.stringify(modulePath)} }).catch((error) => console.log(error.code));`;
    const done = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      cwd: import.meta.dirname,
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: `--require ${hide}` },
    });
    assert.equal(done.stdout.trim(), "device.pkcs11Missing", done.stderr);
  });
});

describe("which token", () => {
  const several = tokenFor({
    labels: ["one", "two", "twin", "twin"],
    keys: [{ label: "key", kind: "p256" }],
  });
  const choose = async (choice: Partial<TokenChoice>, code: ErrorCode): Promise<void> =>
    rejectsWith(openToken({ modulePath: several.modulePath, ...choice }, goodPin), code);

  test("none is plugged in", async () => {
    token.pull();
    await rejectsWith(openToken({ modulePath }, neverAsked), "device.noToken");
    assert.deepEqual(await listTokens(modulePath), []);
    token.putBack();
  });

  test("only an empty one", async () => {
    const blank = tokenFor({ labels: [] });
    await rejectsWith(openToken({ modulePath: blank.modulePath }, neverAsked), "device.tokenBlank");
  });

  test("several, and none chosen", async () => choose({}, "device.severalTokens"));
  test("several of the chosen label", async () => choose({ tokenLabel: "twin" }, "device.severalTokens"));
  test("no such label", async () => choose({ tokenLabel: "three" }, "device.tokenNotFound"));
  test("no such slot", async () => choose({ slot: 424_242 }, "device.tokenNotFound"));

  test("chosen by label, or by slot, or both", async () => {
    const listed = await listTokens(several.modulePath);
    const slot = listed.find(({ label }) => label === "one")?.slot;
    assert.ok(slot !== undefined);
    for (const choice of [{ tokenLabel: "one" }, { slot }, { tokenLabel: "one", slot }]) {
      const device = await openToken({ modulePath: several.modulePath, ...choice }, goodPin);
      assert.deepEqual([device.token.label, device.token.slot], ["one", slot]);
      device.close();
    }
    await choose({ tokenLabel: "two", slot }, "device.tokenNotFound");
  });
});

describe("which key", () => {
  const keys = tokenFor({ labels: ["full", "empty"] });
  const choose = async (choice: Partial<TokenChoice>, code: ErrorCode): Promise<void> =>
    rejectsWith(openToken({ modulePath: keys.modulePath, tokenLabel: "full", ...choice }, goodPin), code);
  keys.write([
    keyOrder({ label: "a", kind: "p256" }),
    keyOrder({ label: "b", kind: "p256" }),
    keyOrder({ label: "twin", id: "01", kind: "p256" }),
    keyOrder({ label: "twin", id: "02", kind: "p256" }),
    keyOrder({ label: "p384", kind: "p384" }),
    keyOrder({ label: "rsa1024", kind: "rsa1024" }),
    keyOrder({ label: "decrypts", kind: "p256", privateTemplate: { [ckaSign]: false } }),
    keyOrder({ label: "alone", kind: "p256", publicTemplate: { [ckaToken]: false } }),
    // The public key of one has the ID of the other.
    keyOrder({ label: "mixed", id: "11", kind: "p256", publicTemplate: { [ckaId]: { hex: "99" } } }),
    keyOrder({ label: "other", id: "22", kind: "p256", publicTemplate: { [ckaId]: { hex: "11" } } }),
  ]);

  test("the token has none", async () => choose({ tokenLabel: "empty" }, "device.noKey"));
  test("none of this label", async () => choose({ keyLabel: "c" }, "device.keyNotFound"));
  test("none of this ID", async () => choose({ keyId: "ffff" }, "device.keyNotFound"));
  test("several, and none chosen", async () => choose({}, "device.severalKeys"));
  test("several of the chosen label", async () => choose({ keyLabel: "twin" }, "device.severalKeys"));
  test("another curve", async () => choose({ keyLabel: "p384" }, "device.keyUnusable"));
  test("RSA of 1024 bits", async () => choose({ keyLabel: "rsa1024" }, "device.keyUnusable"));
  test("not of the algorithm", async () =>
    choose({ keyLabel: "a", algorithm: "PS256" }, "device.keyUnusable"));
  test("not allowed to sign", async () => choose({ keyLabel: "decrypts" }, "device.keyMayNotSign"));
  test("without a public key", async () => choose({ keyLabel: "alone" }, "device.publicKeyMissing"));

  test("of the label, told apart by ID", async () => {
    const { modulePath } = keys;
    const device = await openToken(
      { modulePath, tokenLabel: "full", keyLabel: "twin", keyId: "02" },
      goodPin,
    );
    await assertProves(device);
    device.close();
  });

  test("the token shows the public key of another", async () => {
    const choice = { modulePath: keys.modulePath, tokenLabel: "full", keyLabel: "mixed" };
    const device = await openToken(choice, goodPin);
    await rejectsWith(signSomething(device), "device.publicKeyMismatch");
    device.close();
  });

  test("the token finds only when it signs that the key may not", async () => {
    const device = await openToken({ modulePath }, goodPin);
    // CKR_KEY_FUNCTION_NOT_PERMITTED
    token.behave({ fail: { C_SignInit: 0x68 } });
    await rejectsWith(signSomething(device), "device.keyMayNotSign");
    device.close();
  });
});

describe("the PIN", () => {
  const open = async (pin: PinPrompt | undefined, code: ErrorCode): Promise<void> =>
    rejectsWith(openToken({ modulePath }, pin), code);
  const wrong: PinPrompt = async () => "8642-wrong";

  for (const [name, flagsSet, code] of [
    ["wrong", 0, "device.pinWrong"],
    ["wrong, few tries left", countLow, "device.pinWrongFew"],
    ["wrong, one try left", countLow | finalTry, "device.pinWrongLast"],
  ] as const) {
    test(`${name}: tried once, and nowhere in the error`, async () => {
      // SoftHSM itself says after one wrong PIN that few are left.
      token.behave({ flagsSet, flagsClear: countLow & ~flagsSet });
      const before = logins();
      await open(wrong, code);
      assert.equal(logins(), before + 1);
      const error = await openToken({ modulePath }, wrong).catch((caught: unknown) => caught);
      assert.doesNotMatch(inspect(error, { depth: 9, showHidden: true }), /8642/);
    });
  }

  test("the person is told how few tries are left before the last", async () => {
    token.behave({ flagsSet: finalTry | countLow });
    const seen: unknown[] = [];
    const device = await openToken({ modulePath }, async (asked) => {
      seen.push(asked);
      return "1234";
    });
    const { serial } = device.token;
    device.close();
    assert.deepEqual(seen, [{ label: "desk", serial, finalTry: true, countLow: true }]);
  });

  for (const [name, pin] of [
    ["nobody to ask", undefined],
    ["an empty answer", async () => ""],
  ] as const) {
    test(`${name}: the token is not tried`, async () => {
      const before = logins();
      await open(pin, "device.pinRequired");
      assert.equal(logins(), before);
    });
  }

  test("who gives up gets their own error back", async () => {
    const givenUp = new Error("given up");
    await assert.rejects(
      openToken({ modulePath }, () => Promise.reject(givenUp)),
      givenUp,
    );
  });

  for (const [name, behaviour, code] of [
    ["locked", { flagsSet: locked }, "device.pinLocked"],
    ["not set", { flagsClear: pinInitialized }, "device.pinNotSet"],
    ["to be changed", { flagsSet: toBeChanged }, "device.pinMustChange"],
  ] as const) {
    test(`${name}: nobody is asked`, async () => {
      token.behave(behaviour);
      await open(neverAsked, code);
    });
  }

  for (const [name, value, code] of [
    ["locked", 0xa4, "device.pinLocked"],
    ["not set", 0x102, "device.pinNotSet"],
    ["to be changed", 0xa3, "device.pinMustChange"],
    ["too long", 0xa2, "device.pinWrong"],
    ["of letters that the token does not know", 0xa1, "device.pinWrong"],
    ["given up at the reader", 0x50, "device.cancelled"],
    ["whatever else", 0x6, "device.tokenFailed"],
  ] as const) {
    test(`${name}, as the token says only when it is tried`, async () => {
      token.behave({ fail: { C_Login: value } });
      await open(goodPin, code);
    });
  }
});

describe("making a key", () => {
  const make = async (keyLabel: string, pin: PinPrompt, code: ErrorCode): Promise<void> =>
    rejectsWith(generateTokenKey({ modulePath, keyLabel }, pin, { algorithm: "ES256" }), code);

  test("on a token that cannot be written, nobody is asked for the PIN", async () => {
    token.behave({ flagsSet: writeProtected });
    await make("new", neverAsked, "device.tokenReadOnly");
  });

  for (const [name, value, code] of [
    ["is full", 0x31, "device.tokenFull"],
    ["refuses to be written", 0xe2, "device.tokenReadOnly"],
    ["refuses the session to write", 0xb5, "device.tokenReadOnly"],
    ["does not know the mechanism", 0x70, "device.mechanismMissing"],
  ] as const) {
    test(`on a token that ${name}`, async () => {
      token.behave({ fail: { C_GenerateKeyPair: value } });
      await make("new", goodPin, code);
    });
  }

  test("without the mechanism that makes it, or the one that signs with it", async () => {
    token.behave({ hiddenMechanisms: [0x1040] });
    await make("new", goodPin, "device.mechanismMissing");
    token.behave({ hiddenMechanisms: [0x1041] });
    await make("new", goodPin, "device.mechanismMissing");
  });

  test("of a label or an ID that is there already", async () => {
    await make("good", goodPin, "device.keyExists");
    const keyId = Buffer.from("good").toString("hex");
    await rejectsWith(
      generateTokenKey({ modulePath, keyLabel: "new", keyId }, goodPin, { algorithm: "ES256" }),
      "device.keyExists",
    );
  });
});

test("Debian's SoftHSM is here, by a path that is proposed", async () => {
  const { usualModulePaths } = await import("@signet/device/pkcs11");
  assert.ok(usualModulePaths.includes(findSoftHsm() ?? ""));
});
