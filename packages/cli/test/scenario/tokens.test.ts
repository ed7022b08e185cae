/** The command line with a token: SoftHSM, which is asked as any smart card is. */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import { findSoftHsm, makeTestToken } from "@signet/test-token";

import { Scene } from "../support/script.ts";

const silent = "--in none --out none";

describe("with SoftHSM", { skip: findSoftHsm() === undefined }, async () => {
  const scene = await Scene.open();
  const token = makeTestToken();
  after(() => token.remove());
  const env = { SIGNET_PIN: token.pin, SOFTHSM2_CONF: "" };
  const register = `register --server $SERVER --user tom --profile tom --module ${token.modulePath}`;

  test("registers a key that it makes on the token, which is remembered, and signs in with it", async () => {
    await scene.play({
      run: register,
      env,
      err: [
        "error: the token holds no private key",
        "hint: make one with `signet register --new-key <label>`",
      ],
      code: 4,
    });
    await scene.play({
      run: `${register} --new-key signet --json`,
      env,
      out: [
        /"online"/,
        /"signedIn".*"device":"pkcs11"/,
        /"registered".*"userId":"tom".*"device":"pkcs11"/,
        /"released"/,
      ],
    });
    await scene.play({
      run: `${register} --new-key signet`,
      env,
      err: [
        "error: the token holds a key with this label or ID already",
        "hint: use it with --key, or choose another label with --new-key",
      ],
      code: 4,
    });
    await scene.play({
      run: "release --profile tom --pin-fd 3",
      env: {},
      descriptor3: token.pin,
      out: [/^online/, /^signed in as tom with a smart card or token, until /, /^released/],
    });
  });

  test("a wrong PIN, and none", async () => {
    await scene.play({
      run: "release --profile tom",
      env: { SIGNET_PIN: "9999" },
      err: [/^error: the PIN is wrong/, /^hint: /],
      code: 4,
    });
    await scene.play({
      run: "release --profile tom",
      env: {},
      err: [
        /^error: PIN of the token desk .*cannot be asked for here$/,
        "hint: set SIGNET_PIN, or name an open descriptor with --pin-fd",
      ],
      code: 4,
    });
    await scene.play({ run: "release --profile tom", env });
  });

  test("a token that is pulled ends the command, which says so, and the server knows", async () => {
    await scene.register("anna");
    const tom = scene.start(`answer --profile tom --json ${silent}`, { env });
    await tom.event("signedIn");
    const anna = scene.start(`call tom --profile anna --json ${silent}`);
    const { verifiedBy } = await anna.event("joined", ({ userId }) => userId === "tom");
    assert.equal(Object(verifiedBy).device, "pkcs11");
    await tom.event("rekeyed");
    token.pull();
    const { code, err } = await tom.ended;
    assert.equal(
      err,
      "error: signed out: the signature device was removed\nhint: put it back, and run the command again\n",
    );
    assert.equal(code, 4);
    assert.ok(tom.events.some(({ event, reason }) => event === "signedOut" && reason === "deviceRemoved"));
    const left = await anna.event("left", ({ userId }) => userId === "tom");
    assert.equal(left["reason"], "deviceRemoved");
    assert.equal((await anna.ended).code, 0);
    await scene.play({
      run: `call tom --profile anna ${silent}`,
      err: ["error: nobody came: tom is offline", "hint: try again later, or ask them to sign in"],
      code: 6,
    });
    await scene.play({
      run: "release --profile tom",
      env,
      err: [/^error: no token is plugged in/, /^hint: /],
      code: 4,
    });
  });
});
