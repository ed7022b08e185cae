/** A password manager stands before the browser's own WebAuthn, as some do: plain objects without getters; and touches are refused. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Browser } from "playwright-core";

import { launchBrowser, openGuest, signIn, signedIn } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { ServedSignet } from "./support/served.ts";

let served: ServedSignet;
let browser: Browser;

before(async () => {
  served = await ServedSignet.start();
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await served.stop();
});

/** Also after a reload, so that what it is told to refuse is in the session's storage. */
function passwordManager(): void {
  // As the project's pages never do: what stands here is somebody else's code.
  const plain = (source: object, names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, (source as Record<string, unknown>)[name]]));
  const container = navigator.credentials;
  const create = container.create.bind(container);
  const get = container.get.bind(container);
  const answer = (credential: Credential | null, names: readonly string[]): Credential => {
    const { id, type, response } = credential as PublicKeyCredential;
    return { id, type, response: plain(response, names) } as unknown as Credential;
  };
  container.create = async (options) =>
    answer(await create(options), ["attestationObject", "clientDataJSON"]);
  container.get = async (options) => {
    const refusals = Number(sessionStorage.getItem("refusals") ?? "0");
    if (refusals > 0) {
      sessionStorage.setItem("refusals", String(refusals - 1));
      throw new DOMException("The operation was not allowed.", "NotAllowedError");
    }
    if (sessionStorage.getItem("silent") !== null) return new Promise(() => undefined);
    return answer(await get(options), ["authenticatorData", "clientDataJSON", "signature"]);
  };
}

const keysOf = async ({ key, authenticatorId }: Guest): Promise<number> =>
  (await key.send("WebAuthn.getCredentials", { authenticatorId })).credentials.length;

async function create({ page, userId }: Guest): Promise<void> {
  await page.getByRole("textbox", { name: "User ID" }).fill(userId);
  await page.getByRole("button", { name: "Create user ID" }).click();
}

const refusedTouch = ({ page }: Guest) => page.getByText("No touch was given").waitFor();

test("the key of a refused second touch is used at the next try, also after a reload, and no other one is made", async () => {
  const alice = await openGuest(served.origin, "alice", { browser, initScript: passwordManager });
  await alice.page.evaluate(() => sessionStorage.setItem("refusals", "2"));
  await create(alice);
  await refusedTouch(alice);
  assert.equal(await keysOf(alice), 1);
  await create(alice);
  await refusedTouch(alice);
  await alice.page.reload();
  await create(alice);
  await signedIn(alice);
  assert.equal(await keysOf(alice), 1);
  // Used up: nothing of it is left for whoever registers next.
  assert.equal(await alice.page.evaluate(() => sessionStorage.getItem("signet.unregistered")), null);
  await alice.page.getByRole("button", { name: "Sign out" }).click();
  await signIn(alice);
  await signedIn(alice);
  assert.deepEqual(alice.consoleErrors, []);
  await alice.close();
});

test("while the second touch is waited for, one can make another key instead", async () => {
  const carol = await openGuest(served.origin, "carol", { browser, initScript: passwordManager });
  const { page } = carol;
  await page.evaluate(() => sessionStorage.setItem("refusals", "1"));
  await create(carol);
  await refusedTouch(carol);
  // It does not answer, nor listens when it is told that nobody waits any more.
  await page.evaluate(() => sessionStorage.setItem("silent", "yes"));
  await create(carol);
  await page.getByText("Your device made the key at the last try").waitFor();
  await page.evaluate(() => sessionStorage.removeItem("silent"));
  await page.getByRole("button", { name: "Make another key" }).click();
  await signedIn(carol);
  assert.equal(await keysOf(carol), 2);
  await carol.close();
});
