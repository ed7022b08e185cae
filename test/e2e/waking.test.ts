/** A browser whose page is closed says that somebody calls; and opens the page where the server is away. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { toBase64Url } from "@signet/protocol";
import type { UserId } from "@signet/protocol";
import type { RunningServer } from "@signet/server";
import type { Page } from "playwright-core";

import { registerGuest } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { readPushed } from "./support/push-reading.ts";
import { startPushService } from "./support/push-service.ts";
import type { Browser, PushService } from "./support/push-service.ts";
import { participant } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";
import { eventually } from "./support/wait.ts";

let server: RunningServer;
let service: PushService;

before(async () => {
  service = await startPushService();
  const { authority, host } = service;
  server = await startTestServer({ push: { services: [host], authority, mayReach: () => true } });
});
after(async () => {
  await server.close();
  service.close();
});

/** Runs in the page: Debian's Chromium has no push service, so that this stands for the way from there to the browser, and nothing else. */
function subscribeAt(subscription: {
  readonly endpoint: string;
  readonly p256dh: string;
  readonly auth: string;
}): void {
  let current: object | null = null;
  const bytes = (text: string): ArrayBuffer =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0))
      .buffer;
  Object.assign(PushManager.prototype, {
    subscribe: ({ applicationServerKey, userVisibleOnly }: PushSubscriptionOptionsInit) => {
      if (userVisibleOnly !== true) throw new DOMException("only what is seen", "NotAllowedError");
      current = {
        endpoint: subscription.endpoint,
        options: { applicationServerKey },
        getKey: (name: "p256dh" | "auth") => bytes(subscription[name]),
        unsubscribe: () => {
          current = null;
          return Promise.resolve(true);
        },
      };
      return Promise.resolve(current);
    },
    getSubscription: () => Promise.resolve(current),
  });
}

async function guestAt(browser: Browser, userId: string): Promise<Guest> {
  const guest = await registerGuest(server.origin, userId, { whole: true });
  await guest.context.grantPermissions(["notifications", "microphone"], { origin: server.origin });
  const { auth, endpoint, p256dh } = browser;
  await guest.page.evaluate(subscribeAt, { endpoint, p256dh: toBase64Url(p256dh), auth: toBase64Url(auth) });
  return guest;
}

const whenCalled = ({ page }: Guest) => page.getByRole("region", { name: "When somebody calls" });
const openSettings = ({ page }: Guest) => page.getByRole("button", { name: "Settings" }).click();

/** The server knows it when this is over. */
async function closed({ page, userId }: Guest, { terminal }: Headless): Promise<void> {
  await page.close();
  await new Promise<void>((resolve) => {
    const stop = terminal.watchPresence([userId as UserId], (seen) => {
      if (seen.get(userId as UserId) === "away") resolve(stop());
    });
  });
}

/** Of the worker, as the system shows them. */
const notifications = (
  beside: Page,
): Promise<{ readonly title: string; readonly body: string; readonly silent: boolean | null }[]> =>
  beside.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration("/");
    return (await registration!.getNotifications()).map(({ body, silent, title }) => ({
      title,
      body,
      silent,
    }));
  });

/** What the page left for the worker of when somebody does not want to be disturbed. */
const noted = ({ page }: { readonly page: Page }): Promise<unknown> =>
  page.evaluate(async () => {
    const kept = await caches.match("/service-worker-words");
    return ((await kept?.json()) as { readonly people: unknown } | undefined)?.people;
  });

test("with the page closed somebody who calls is told of, by nothing but that, and rings where the page is opened", async () => {
  const browser = await service.browser();
  const ada = await guestAt(browser, "ada");
  const bob = await registerHeadless(server.origin, "bob");
  await openSettings(ada);
  await whenCalled(ada).getByText("Does not ring here", { exact: true }).waitFor();
  await whenCalled(ada).getByRole("button", { name: "Ring when closed" }).click();
  await whenCalled(ada).getByText("Rings here by a notification").waitFor();
  await eventually("the worker can know", async () =>
    isDeepStrictEqual(await noted(ada), { ada: { doNotDisturb: false } }),
  );
  await ada.page.getByRole("checkbox", { name: "Do not disturb" }).check();
  await eventually("the worker can know", async () =>
    isDeepStrictEqual(await noted(ada), { ada: { doNotDisturb: true } }),
  );
  // Of the same origin, and not Signet's page: it asks what is shown.
  const beside = await ada.context.newPage();
  await beside.goto(`${server.origin}/healthz`);
  const cdp = await ada.context.newCDPSession(beside);
  const registered = new Promise<string>((resolve) =>
    cdp.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const [one] = registrations;
      if (one !== undefined) resolve(one.registrationId);
    }),
  );
  await cdp.send("ServiceWorker.enable");
  const registrationId = await registered;
  await closed(ada, bob);
  await bob.terminal.call([ada.userId as UserId]);
  await service.cameTo(1);
  assert.equal(participant(bob.terminal.state, ada.userId as UserId).state, "ringing");
  const pushed = service.pushed.at(-1);
  const { text } = await readPushed(new Uint8Array(pushed!.body), browser);
  assert.deepEqual(await notifications(beside), []);
  await cdp.send("ServiceWorker.deliverPushMessage", { origin: server.origin, registrationId, data: text });
  await eventually("the notification is there", async () => (await notifications(beside)).length === 1);
  assert.deepEqual(await notifications(beside), [
    {
      title: "Somebody calls you",
      body: "Open Signet, and touch your device: it rings there.",
      silent: true,
    },
  ]);
  // As if somebody else who wants to hear it were told of calls here, too.
  await beside.evaluate(async () => {
    const cache = await caches.open("signet-words");
    const note = (await (await cache.match("/service-worker-words"))!.json()) as { readonly people: object };
    await cache.put(
      "/service-worker-words",
      Response.json({ ...note, people: { ...note.people, ann: null } }),
    );
  });
  await cdp.send("ServiceWorker.deliverPushMessage", { origin: server.origin, registrationId, data: text });
  await eventually("it is heard", async () => (await notifications(beside))[0]?.silent !== true);
  assert.equal((await notifications(beside)).length, 1);
  const page = await ada.context.newPage();
  await page.goto(server.origin);
  await page
    .getByRole("dialog", { name: "Incoming call" })
    .or(page.getByRole("button", { name: "Sign in" }))
    .first()
    .waitFor();
  bob.terminal.close();
  await ada.close();
});

test("what was chosen is taken back, and a browser without a push service says so", async () => {
  const ada = await guestAt(await service.browser(), "dora");
  await openSettings(ada);
  await whenCalled(ada).getByRole("button", { name: "Ring when closed" }).click();
  await whenCalled(ada).getByRole("button", { name: "Ring only while open" }).click();
  await whenCalled(ada).getByText("Does not ring here", { exact: true }).waitFor();
  const bob = await registerHeadless(server.origin, "bert");
  await closed(ada, bob);
  await bob.terminal.call([ada.userId as UserId]);
  const { call } = await bob.until((state) => state.call?.phase === "ended", "nobody is reached");
  assert.equal(call?.participants.find(({ userId }) => userId === ada.userId)?.state, "offline");
  bob.terminal.close();
  await ada.close();
  const without = await registerGuest(server.origin, "wim", { whole: true });
  await without.context.grantPermissions(["notifications"], { origin: server.origin });
  await openSettings(without);
  await whenCalled(without).getByRole("button", { name: "Ring when closed" }).click();
  await whenCalled(without)
    .getByText("could not reach the service that its notifications come from")
    .waitFor();
  await without.close();
});

test("where the server is away the page opens and says so; one of another version is said, and loaded where nobody is signed in", async () => {
  const other = await startTestServer();
  const { port } = other;
  const ada = await registerGuest(other.origin, "ada");
  const carol = await registerHeadless(other.origin, "carol");
  await ada.page.getByRole("button", { name: "Add person" }).click();
  await ada.page.getByRole("textbox", { name: "User ID", exact: true }).fill("carol");
  await ada.page.getByRole("button", { name: "Add", exact: true }).click();
  await ada.page.getByRole("list", { name: "People" }).getByText("carol").first().waitFor();
  carol.terminal.close();
  await ada.page.evaluate(() => navigator.serviceWorker.ready);
  await other.close();
  await ada.page.reload();
  await ada.page.getByText("No connection").first().waitFor();
  // A link to somebody opens the page all the same, and what this browser keeps can be read where nobody is signed in.
  const started = await ada.context.newPage();
  await started.goto(`${other.origin}/call/bob`);
  await started.getByText("No connection").first().waitFor();
  await started.getByText("leads to bob. To call, you need a user ID on this server.").waitFor();
  await started.getByRole("button", { name: "Show people and calls of ada" }).click();
  await started.getByRole("region", { name: "People and calls of ada" }).getByText("carol").first().waitFor();
  await started.close();
  // As of another build: a page whose program has another name.
  await ada.page.route(
    ({ pathname }) => pathname === "/",
    (route) =>
      route.request().isNavigationRequest()
        ? route.continue()
        : route.fulfill({ contentType: "text/html", body: "another" }),
  );
  const opened = ada.page.waitForEvent("load");
  const again = await startTestServer({ port });
  await opened;
  await ada.page.getByText("No connection").first().waitFor({ state: "hidden" });
  await again.close();
  await ada.close();
});
