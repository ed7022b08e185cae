import assert from "node:assert/strict";
import { test } from "node:test";

import * as device from "@signet/device";

test("the package exports what others may build on, and no way to make a verified value without verifying", () => {
  assert.deepEqual(Object.keys(device).sort(), [
    "algorithmOf",
    "clockToleranceMs",
    "createSoftwareKey",
    "createTerminalKey",
    "createWebAuthnDevice",
    "derToRaw",
    "deviceIdOf",
    "exportKeyFile",
    "importPublicKey",
    "isWebAuthnAvailable",
    "longestSignInMs",
    "openSoftwareKey",
    "openWebAuthnDevice",
    "parseAuthenticatorData",
    "parseClientData",
    "rpIdOf",
    "sha256",
    "transcriptDigest",
    "verifyBinding",
    "verifyDeviceProof",
    "verifyDirectoryEntry",
    "verifyTerminalProof",
  ]);
});
