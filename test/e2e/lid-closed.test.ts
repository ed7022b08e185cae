/** A machine that stands still for longer than a call waits for it: a lid that was closed, as its browser sees it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { RunningServer } from "@signet/server";

import { call, registerGuest, sees, signedIn } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { freezeBrowser } from "./support/frozen-browser.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { answer } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
let alice: Guest;
let bobby: Headless;

before(async () => {
  // The times of a lid closed for ten minutes, in short.
  server = await startTestServer({ limits: { silenceMs: 4_000, lostMs: 2_000 } });
  alice = await registerGuest(server.origin, "alice");
  bobby = await registerHeadless(server.origin, "bobby");
});
after(async () => {
  bobby.terminal.close();
  await alice.close();
  await server.close();
});

test("the page is signed in when it wakes, out of the call, says when it left, and rings", async () => {
  await call(alice, ["bobby"]);
  await answer(bobby);
  await sees(alice, "bobby", "in the call");

  const thaw = await freezeBrowser(alice.browser);
  await bobby.until(
    (state) =>
      state.call?.participants.some((one) => one.userId === "alice" && one.state === "left") === true,
    "alice is out",
  );
  await thaw();

  const summary = alice.page.getByRole("region", { name: "Summary" });
  await summary
    .getByText(/^You left the call at \d+:\d\d( [AP]M)?: your connection was away too long/)
    .waitFor();
  await summary.getByRole("button", { name: "Done" }).click();
  await signedIn(alice);
  await bobby.terminal.leave();
  const rung = bobby.terminal.call([alice.userId as typeof bobby.userId]);
  await alice.page.getByRole("dialog", { name: "Incoming call" }).waitFor();
  await rung;
  assert.deepEqual(
    alice.consoleErrors.filter((text) => !text.includes("WebSocket")),
    [],
  );
});
