/** A module that wants parameters: the softokn of NSS, whose key has no label and whose tokens have one serial. */
import { after, test } from "node:test";

import { makeNssDatabase } from "@signet/test-token";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();
const nss = makeNssDatabase();
after(() => nss.remove());
const env = { SIGNET_PIN: nss.pin };
const module = `--module ${nss.modulePath}`;
const parameters = nss.moduleParameters.replaceAll("'", '"');
const register = `register --server $SERVER --user nia --profile nia ${module}`;

test("NSS is given its parameters, and both are remembered; without them it says why it does not start", async () => {
  await scene.play({
    run: `${register} --token 'NSS Certificate DB'`,
    env,
    err: [
      "error: the PKCS#11 module does not start",
      "reason: C_Initialize: CKR_ARGUMENTS_BAD (0x7)",
      /^hint: .*--module-parameters for NSS$/,
    ],
    code: 4,
  });
  await scene.play({
    run: `${register} --token 'NSS Certificate DB' --module-parameters '${parameters}' --json`,
    env,
    out: [/"online"/, /"signedIn".*"device":"pkcs11"/, /"registered"/, /"released"/],
  });
  await scene.play({ run: "release --profile nia", env });
});
