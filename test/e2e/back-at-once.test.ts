/** A page without a server whose time stands still: nothing but what happens to it makes it try again. */
import { after, before, test } from "node:test";

import { registerGuest, signedIn } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { ServedSignet } from "./support/served.ts";

let served: ServedSignet;
let guest: Guest;

before(async () => {
  served = await ServedSignet.start();
  guest = await registerGuest(served.origin, "alice");
  await guest.page.clock.install();
});
after(async () => {
  await guest.close();
  await served.stop();
});

for (const [title, happens] of [
  ["the machine has a network again", () => dispatchEvent(new Event("online"))],
  ["somebody looks at it again", () => document.dispatchEvent(new Event("visibilitychange"))],
] as const)
  test(`${title}: it tries at once`, async () => {
    const { page } = guest;
    const offline = page.getByRole("alert").filter({ hasText: "No connection" });
    await served.kill();
    await offline.waitFor();
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
    await served.start();
    const tries = page.waitForEvent("websocket");
    await page.evaluate(happens);
    await tries;
    await page.clock.resume();
    await offline.waitFor({ state: "detached" });
    await signedIn(guest);
  });
