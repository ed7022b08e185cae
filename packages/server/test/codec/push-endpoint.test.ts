/** Which addresses the server calls because a terminal named them. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { endpointRefusal, isPublicAddress, knownPushServices } from "../../src/push/push-endpoint.ts";

test("what a terminal names as its push service is one: https, by name, of those that are allowed", () => {
  const refused = (endpoint: string) => endpointRefusal(endpoint, knownPushServices);
  for (const endpoint of [
    "https://fcm.googleapis.com/fcm/send/abc",
    "https://updates.push.services.mozilla.com/wpush/v2/abc",
    "https://db5p.notify.windows.com/w/?token=abc",
    "https://web.push.apple.com/abc",
    "https://FCM.googleapis.com:443/abc",
  ])
    assert.equal(refused(endpoint), undefined, endpoint);
  for (const endpoint of [
    "http://fcm.googleapis.com/abc",
    "https://anna:secret@fcm.googleapis.com/abc",
    "https://fcm.googleapis.com/abc#there",
    "https://127.0.0.1/abc",
    "https://2130706433/abc",
    "https://[::1]/abc",
    "https://",
  ])
    assert.equal(refused(endpoint), "push.badEndpoint", endpoint);
  for (const endpoint of [
    "https://fcm.googleapis.com:8443/abc",
    "https://fcm.googleapis.com.example.org/abc",
    "https://evil-fcm.googleapis.com/abc",
    "https://notify.windows.com/abc",
    "https://xnotify.windows.com/abc",
    "https://localhost/abc",
    "https://fcm.googleapis.com./abc",
  ])
    assert.equal(refused(endpoint), "push.unknownService", endpoint);
});

test("only public addresses are anybody's", () => {
  for (const address of ["8.8.8.8", "142.250.1.95", "2a00:1450:4001::200e", "::ffff:8.8.8.8"])
    assert.equal(isPublicAddress(address), true, address);
  for (const address of [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:db8::1",
    "not an address",
    "",
  ])
    assert.equal(isPublicAddress(address), false, address);
});
