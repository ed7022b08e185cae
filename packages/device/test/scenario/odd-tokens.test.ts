/** Tokens that are odd as real ones are: what they do is believed rather than their flags, and what is odd takes nothing with it. */
import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { after, afterEach, before, describe, test } from "node:test";

import { listTokens, openToken } from "@signet/device/pkcs11";
import type { PinPrompt, Pkcs11Device, TokenInfo } from "@signet/device/pkcs11";
import { SignetError } from "@signet/protocol";
import { keyOrder } from "@signet/test-token";

import {
  assertProves,
  goodPin,
  neverAsked,
  rejectsWith,
  signSomething,
  tokenFor,
} from "../support/tokens.ts";

/** CKF_LOGIN_REQUIRED and CKF_TOKEN_INITIALIZED of CK_TOKEN_INFO. */
const [loginRequired, tokenInitialized] = [0x4, 0x400];
const [ckoPublicKey, ckoPrivateKey] = [2, 3];
/** CKA_LABEL, CKA_KEY_TYPE, CKA_ID, CKA_SIGN, CKA_ALWAYS_AUTHENTICATE */
const [ckaLabel, ckaKeyType, ckaId, ckaSign, ckaAlwaysAuthenticate] = [0x3, 0x100, 0x102, 0x108, 0x202];
const [generalError, deviceError, notLoggedIn] = [0x5, 0x30, 0x101];

const token = tokenFor({ labels: ["desk", "drawer"], keys: [{ label: "key", kind: "p256" }] });
const { modulePath } = token;
const choice = { modulePath, tokenLabel: "desk" };
afterEach(() => token.behave({}));

const logins = (): number => token.calls().filter((name) => name === "C_Login").length;

function counted(): { prompt: PinPrompt; count: () => number } {
  let count = 0;
  return { prompt: async () => ((count += 1), "1234"), count: () => count };
}

async function listedDesk(): Promise<TokenInfo | undefined> {
  const isDesk = ({ label }: { readonly label: string }): boolean => label === "desk";
  return (await listTokens(modulePath, goodPin, isDesk)).find(isDesk);
}

/** The device is lost, as its listener hears. */
async function lost(device: Pkcs11Device): Promise<void> {
  const events = new EventEmitter();
  const told = once(events, "lost");
  device.onRemoved(() => events.emit("lost"));
  await told;
}

describe("behaviour, not flags", () => {
  test("a token that says it wants no login and shows no key is logged in to", async () => {
    token.behave({ flagsClear: loginRequired });
    const device = await openToken(choice, goodPin);
    await assertProves(device);
    device.close();
    assert.deepEqual(
      (await listedDesk())?.keys.map(({ maySign }) => maySign),
      [true],
    );
  });

  test("a token that says it is blank and has a PIN is not", async () => {
    token.behave({ flagsClear: tokenInitialized });
    (await openToken(choice, goodPin)).close();
  });

  test("a session that says nobody is logged in, always, is no lapse", async () => {
    token.behave({ loggedOut: true });
    const { count, prompt } = counted();
    const device = await openToken(choice, prompt);
    await assertProves(device);
    assert.equal(count(), 1);
    device.close();
  });
});

describe("a login that lapses", () => {
  test("is made anew where a signature shows it, for each time once", async () => {
    const { count, prompt } = counted();
    const device = await openToken(choice, prompt);
    token.behave({ signsPerLogin: 1 });
    await signSomething(device);
    assert.equal(count(), 1);
    await signSomething(device);
    await signSomething(device);
    assert.equal(count(), 3);
    device.close();
  });

  test("is made anew where nobody signs: whoever is signed in can answer", async () => {
    const asked = new EventEmitter();
    const again = once(asked, "again");
    let count = 0;
    const device = await openToken(choice, async () => {
      count += 1;
      if (count === 2) asked.emit("again");
      return "1234";
    });
    token.behave({ logouts: 1 });
    await again;
    await assertProves(device);
    assert.equal(count, 2);
    device.close();
  });

  test("and cannot be made anew ends the device, which says why", async () => {
    const answers = ["1234"];
    const device = await openToken(choice, async () => answers.shift() ?? "");
    token.behave({ logouts: 2 });
    await lost(device);
    assert.equal(device.lostBecause?.code, "device.pinRequired");
    await rejectsWith(signSomething(device), "device.tokenRemoved");
  });

  test("with a PIN that is wrong by then: it is tried once", async () => {
    const answers = ["1234", "8642"];
    const device = await openToken(choice, async () => answers.shift() ?? "8642");
    const before = logins();
    token.behave({ signsPerLogin: 0 });
    await rejectsWith(signSomething(device), "device.pinWrongFew");
    await rejectsWith(signSomething(device), "device.pinWrong");
    assert.equal(logins(), before + 1);
    device.close();
    token.behave({});
    (await openToken(choice, goodPin)).close();
  });

  test("and is not taken for a login even then: that is said, and not tried for ever", async () => {
    const device = await openToken(choice, goodPin);
    token.behave({ signsPerLogin: 0 });
    const before = logins();
    const error = await signSomething(device).catch((caught: unknown) => caught);
    assert.ok(error instanceof SignetError && error.cause instanceof Error);
    assert.deepEqual(
      [error.code, error.cause.message],
      ["device.loginLapsed", "C_SignInit: CKR_USER_NOT_LOGGED_IN (0x101)"],
    );
    assert.ok(logins() <= before + 2);
    device.close();
  });

  test("goes to no other token in the slot", async () => {
    const device = await openToken(choice, goodPin);
    const before = logins();
    token.behave({ signsPerLogin: 0, otherSerial: true });
    await rejectsWith(signSomething(device), "device.tokenRemoved");
    assert.equal(logins(), before);
  });
});

describe("what is odd is named, and the rest is there", () => {
  // One process for all of them.
  let holder: Pkcs11Device | undefined;
  before(async () => {
    holder = await openToken(choice, goodPin);
  });
  after(() => holder?.close());

  for (const [name, type, objectClass] of [
    ["CKA_LABEL", ckaLabel, ckoPrivateKey],
    ["CKA_KEY_TYPE", ckaKeyType, ckoPrivateKey],
    ["CKA_ID", ckaId, ckoPublicKey],
    ["CKA_SIGN", ckaSign, ckoPrivateKey],
    ["CKA_ALWAYS_AUTHENTICATE", ckaAlwaysAuthenticate, ckoPrivateKey],
  ] as const) {
    test(`an attribute: ${name}`, async () => {
      token.behave({ oddAttribute: [type, objectClass, deviceError] });
      const { keys = [], odd = [] } = (await listedDesk()) ?? {};
      assert.equal(odd.length, 1);
      assert.match(
        odd[0] ?? "",
        new RegExp(`^${name} of .*: C_GetAttributeValue: CKR_DEVICE_ERROR \\(0x30\\)$`),
      );
      assert.ok(keys.some(({ algorithms }) => algorithms.includes("ES256")));
      const device = await openToken(choice, goodPin);
      await assertProves(device);
      device.close();
    });
  }

  test("an attribute that wants a login, also when there is one", async () => {
    token.behave({ oddAttribute: [ckaAlwaysAuthenticate, ckoPrivateKey, notLoggedIn] });
    (await openToken(choice, goodPin)).close();
  });

  test("a token that is not described, and one that takes no session", async () => {
    for (const behaviour of [
      { oddToken: ["drawer", generalError] },
      { oddSession: ["drawer", generalError] },
    ] as const) {
      token.behave(behaviour);
      const listed = await listTokens(modulePath);
      const desk = listed.find(({ label }) => label === "desk");
      assert.equal(desk?.keys.length, 1);
      const odd = listed.find(({ failure }) => failure !== undefined)?.failure;
      assert.ok(odd?.cause instanceof Error);
      assert.match(odd.cause.message, /^C_(GetTokenInfo|OpenSession): CKR_GENERAL_ERROR \(0x5\)$/);
      (await openToken(choice, goodPin)).close();
    }
  });

  test("a token whose PIN is wrong", async () => {
    const twice = tokenFor({ labels: ["one", "two"] });
    const listed = await listTokens(twice.modulePath, async ({ label }) =>
      label === "one" ? "0000" : "1234",
    );
    // SoftHSM numbers its slots by chance.
    const byLabel = (label: string) => {
      const found = listed.filter((token) => token.label === label);
      assert.equal(found.length, 1, label);
      return [found[0]?.failure?.code, found[0]?.loggedIn];
    };
    assert.equal(listed.filter(({ blank }) => !blank).length, 2);
    assert.deepEqual(byLabel("one"), ["device.pinWrongFew", undefined]);
    assert.deepEqual(byLabel("two"), [undefined, true]);
  });
});

describe("a module that crashes", () => {
  test("ends nothing but itself, and is named; the next use starts it anew", async () => {
    token.behave({ abort: ["C_GetSlotList"] });
    const error = await openToken(choice, neverAsked).catch((caught: unknown) => caught);
    assert.ok(error instanceof SignetError && error.cause instanceof Error);
    assert.equal(error.code, "device.moduleDied");
    assert.match(error.cause.message, /token\.so ended its process by SIGABRT$/);
    await rejectsWith(listTokens(modulePath), "device.moduleDied");
    token.behave({});
    const device = await openToken(choice, goodPin);
    await assertProves(device);
    token.behave({ abort: ["C_SignInit"] });
    const gone = lost(device);
    await rejectsWith(signSomething(device), "device.moduleDied");
    await gone;
    assert.equal(device.lostBecause?.code, "device.moduleDied");
    token.behave({});
    (await openToken(choice, goodPin)).close();
  });
});

test("fields that are filled with zeros read as any others, and a signature in a wrong form is the token's fault", async () => {
  const plain = await listedDesk();
  token.behave({ zeroPadded: true });
  const desk = await listedDesk();
  assert.ok(desk !== undefined && plain !== undefined);
  assert.deepEqual(
    [desk.label, desk.serial, desk.manufacturer, desk.model],
    [plain.label, plain.serial.slice(0, 12), plain.manufacturer, plain.model],
  );
  const device = await openToken(choice, goodPin);
  await assertProves(device);
  for (const [cutSignature, code] of [
    [0, undefined],
    [1, "device.signatureMalformed"],
  ] as const) {
    token.behave({ cutSignature });
    const signed = signSomething(device);
    await (code === undefined ? signed : rejectsWith(signed, code));
  }
  device.close();
});

test("a key of a kind that nobody verifies is listed as such, and is not in the way of the others", async () => {
  const keys = tokenFor({ keys: [{ label: "good", kind: "p256" }] });
  // RSA with the exponent 3
  keys.write([keyOrder({ label: "three", kind: "rsa2048", publicTemplate: { 0x122: { hex: "03" } } })]);
  const [listed] = await listTokens(keys.modulePath, goodPin);
  assert.deepEqual(
    listed?.keys.map(({ algorithms, label, unusable }) => [label, algorithms, unusable]).toSorted(),
    [
      ["good", ["ES256"], undefined],
      ["three", [], "device.keyUnusable"],
    ],
  );
  const device = await openToken({ modulePath: keys.modulePath }, goodPin);
  assert.equal(device.algorithm, "ES256");
  device.close();
  await rejectsWith(
    openToken({ modulePath: keys.modulePath, keyLabel: "three" }, goodPin),
    "device.keyUnusable",
  );
});
