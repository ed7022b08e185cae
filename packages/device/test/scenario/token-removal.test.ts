/** Pulling a token, at every moment. */
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";

import { openToken } from "@signet/device/pkcs11";
import type { Pkcs11Device } from "@signet/device/pkcs11";

import { assertProves, goodPin, rejectsWith, signSomething, tokenFor } from "../support/tokens.ts";

const token = tokenFor({ keys: [{ label: "key", kind: "p256" }] });
const { modulePath } = token;

/** Signatures that the token was asked for; each is counted when it begins. */
const signatures = (): number => token.calls().filter((name) => name === "C_Sign").length;

/** Counts what the device tells; `removed` settles with the first. */
function listen(device: Pkcs11Device): { count: () => number; removed: Promise<unknown>; stop: () => void } {
  const events = new EventEmitter();
  let count = 0;
  const removed = once(events, "removed");
  const stop = device.onRemoved(() => {
    count += 1;
    events.emit("removed");
  });
  return { count: () => count, removed, stop };
}

/** Resolves when the token was put back, pulled once more, and that was noticed: whatever was to be told before was told. */
async function pulledAgain(): Promise<void> {
  token.putBack();
  const { removed } = listen(await openToken({ modulePath }, goodPin));
  token.pull();
  await removed;
}

test("a token that is pulled is noticed once, by everyone who listens", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const [first, second, gone] = [listen(device), listen(device), listen(device)];
  gone.stop();
  token.pull();
  await first.removed;
  await second.removed;
  await pulledAgain();
  assert.deepEqual([first.count(), second.count(), gone.count()], [1, 1, 0]);
  await rejectsWith(signSomething(device), "device.tokenRemoved");
  // Who asks later is told too.
  await listen(device).removed;
  await rejectsWith(openToken({ modulePath }, goodPin), "device.noToken");
  token.putBack();
  const again = await openToken({ modulePath }, goodPin);
  assert.equal(again.deviceId, device.deviceId);
  await assertProves(again);
  again.close();
});

test("a token that was pulled and put back between two polls is gone all the same: its session died", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const { removed } = listen(device);
  token.pull();
  token.putBack();
  await removed;
});

test("another token in the same slot is not this one", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const { removed } = listen(device);
  token.behave({ otherSerial: true });
  await removed;
  token.behave({});
});

test("two devices of one token both notice", async () => {
  const devices = [await openToken({ modulePath }, goodPin), await openToken({ modulePath }, goodPin)];
  const heard = devices.map(listen);
  token.pull();
  await Promise.all(heard.map(({ removed }) => removed));
  token.putBack();
});

test("a signature that fails because the token is gone is a removal", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const heard = listen(device);
  // The signature finds out: CKR_DEVICE_REMOVED, while the slot still looks full.
  token.behave({ fail: { C_Sign: 0x32 } });
  await rejectsWith(signSomething(device), "device.tokenRemoved");
  await heard.removed;
  assert.equal(heard.count(), 1);
  token.behave({});
});

test("a token that is pulled while it signs is a removal, whatever the module says of it", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const heard = listen(device);
  token.behave({ hold: ["C_Sign"] });
  const before = signatures();
  const signed = signSomething(device);
  while (signatures() === before) await sleep(20);
  token.pull();
  await rejectsWith(signed, "device.tokenRemoved");
  await heard.removed;
  token.putBack();

  token.behave({});
  const vague = await openToken({ modulePath }, goodPin);
  const heardVague = listen(vague);
  // CKR_FUNCTION_FAILED, and the slot is empty.
  token.behave({ fail: { C_SignInit: 0x6, C_GetTokenInfo: 0xe0 } });
  await rejectsWith(signSomething(vague), "device.tokenRemoved");
  await heardVague.removed;
  token.behave({});
});

test("a signature that fails for another reason is no removal", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const heard = listen(device);
  // CKR_FUNCTION_FAILED
  token.behave({ fail: { C_SignInit: 0x6 } });
  await rejectsWith(signSomething(device), "device.tokenFailed");
  token.behave({});
  await assertProves(device);
  assert.equal(heard.count(), 0);
  device.close();
});

test("a token that answers nonsense from now on counts as removed", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const { removed } = listen(device);
  // CKR_GENERAL_ERROR
  token.behave({ fail: { C_GetTokenInfo: 0x5 } });
  await removed;
  token.behave({});
});

test("a device that was closed tells of no removal", async () => {
  const device = await openToken({ modulePath }, goodPin);
  const heard = listen(device);
  device.close();
  device.close();
  token.pull();
  await pulledAgain();
  assert.equal(heard.count(), 0);
  token.putBack();
});

test("a slow card holds nothing else up, and who waits for it may give up", async () => {
  const device = await openToken({ modulePath }, goodPin);
  token.behave({ hold: ["C_Sign"] });
  const before = signatures();
  const order: string[] = [];
  const signed = signSomething(device).then(() => order.push("signed"));
  // While a thread of its own waits for the card, this one keeps time; it alone lets the card come to an end.
  while (signatures() === before) await sleep(20);
  for (let tick = 0; tick < 5; tick++) await sleep(20);
  order.push("ticked");
  token.behave({});
  await signed;
  assert.deepEqual(order, ["ticked", "signed"]);

  token.behave({ hold: ["C_Sign"] });
  const waiting = new AbortController();
  const given = signSomething(device, waiting.signal);
  waiting.abort();
  await rejectsWith(given, "device.cancelled");
  token.behave({});
  await assertProves(device);
  device.close();
});
