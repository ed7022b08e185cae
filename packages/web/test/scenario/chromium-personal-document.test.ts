/** The touch that signs in opens the personal document, by the PRF of Chromium's virtual authenticator; and it is in the browser when the page is loaded anew. */
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { chromiumFlags, launchChromium } from "@signet/e2e/support/chromium.ts";
import { registerHeadless } from "@signet/e2e/support/headless.ts";
import { startTestServer } from "@signet/e2e/support/server.ts";
import { voiceOf } from "@signet/e2e/support/voice-message.ts";
import type { PersonalState, UserId } from "@signet/terminal";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { build } from "vite";

/** A page that waits for what never comes fails instead of hanging. */
const timeout = 180_000;

describe("the personal document in Chromium", { timeout }, () => {
  let webRoot: string;
  let server: Awaited<ReturnType<typeof startTestServer>>;
  let browser: Browser;

  before(async () => {
    webRoot = await mkdtemp(join(tmpdir(), "signet-bare-"));
    await build({
      root: join(import.meta.dirname, "../support/bare"),
      configFile: false,
      logLevel: "error",
      build: { outDir: webRoot, emptyOutDir: true, target: "es2023", modulePreload: { polyfill: false } },
      worker: { format: "es" },
    });
    server = await startTestServer({ webRoot });
    browser = await launchChromium({ flags: chromiumFlags });
  });
  after(async () => {
    await browser?.close();
    await server?.close();
    await rm(webRoot, { recursive: true, force: true });
  });

  /** With a security key that is touched whenever it blinks. */
  async function open(hasPrf: boolean): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
    const context = await browser.newContext();
    const page = await context.newPage();
    const key = await context.newCDPSession(page);
    await key.send("WebAuthn.enable");
    await key.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        protocol: "ctap2",
        ctap2Version: "ctap2_1",
        transport: "usb",
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
        hasPrf,
      },
    });
    await load(page);
    return { context, page };
  }

  async function load(page: Page, search = ""): Promise<void> {
    await page.goto(`${server.origin}/${search}`);
    await page.waitForFunction(() => "terminal" in globalThis);
  }

  const isOnline = (page: Page) =>
    page.waitForFunction(() => globalThis.terminal.state.connection.status === "online");

  /** Once so many people are listed, and it is carried so far. */
  async function personal(page: Page, people: number, status: PersonalState["carrying"]["status"]) {
    await page.waitForFunction(
      ([count, how]) => {
        const { personal } = globalThis.terminal.state;
        return personal?.people.length === count && personal.carrying.status === how;
      },
      [people, status] as const,
    );
    return page.evaluate(() => {
      const { carrying, isInMemory, people } = globalThis.terminal.state.personal ?? {};
      return { carrying, isInMemory, people: people?.map(({ note, userId }) => `${userId} ${note}`) };
    });
  }

  async function registered(page: Page, userId: string): Promise<void> {
    await isOnline(page);
    await page.evaluate(async (userId) => {
      const { terminal } = globalThis;
      await terminal.register({ userId: userId as UserId, displayName: userId });
      await terminal.personal.putPerson("bob" as UserId, { note: "choir" });
    }, userId);
  }

  /** All that the browser keeps for the page is gone: this is another terminal, with the same device. */
  async function signedInElsewhere(page: Page, userId: string, search = ""): Promise<void> {
    await page.evaluate(async () => {
      await globalThis.terminal.release();
      globalThis.terminal.close();
      localStorage.clear();
      sessionStorage.clear();
      await new Promise((resolve) => {
        const deleting = indexedDB.deleteDatabase("signet");
        deleting.addEventListener("success", resolve);
        deleting.addEventListener("blocked", resolve);
      });
    });
    await load(page, search);
    await isOnline(page);
    await page.evaluate((userId) => globalThis.terminal.signIn({ userId: userId as UserId }), userId);
  }

  const carried = { carrying: { status: "carried" }, isInMemory: undefined, people: ["bob choir"] };

  test("a device with a PRF opens it at another terminal with the touch that signs in", async () => {
    const { context, page } = await open(true);
    await registered(page, "anna");
    assert.deepEqual(await personal(page, 1, "carried"), carried);
    await signedInElsewhere(page, "anna");
    assert.deepEqual(await personal(page, 1, "carried"), carried);
    await context.close();
  });

  test("a device without one does not, and the terminal says so", async () => {
    const { context, page } = await open(false);
    await registered(page, "boris");
    assert.deepEqual(await personal(page, 1, "carried"), carried);
    await signedInElsewhere(page, "boris");
    const { carrying, people } = await personal(page, 0, "keptHere");
    assert.deepEqual(carrying, { status: "keptHere", code: "document.otherKey" });
    assert.deepEqual(people, []);
    await context.close();
  });

  test("a voice message lies in the browser as it was sealed, also after the page is loaded anew, until it is deleted", async () => {
    const { context, page } = await open(false);
    await registered(page, "emma");
    // With that its place is said.
    await page.evaluate(() => globalThis.terminal.askMissed());
    await page.evaluate(() => globalThis.terminal.release());
    const fred = await registerHeadless(server.origin, "fred");
    await fred.terminal.call(["emma" as UserId]);
    const { call } = await fred.until((state) => state.call?.phase === "ended", "that nobody came");
    const said = voiceOf(100);
    await fred.terminal.messages.leave(call!.callId, ["emma" as UserId], said);
    fred.terminal.close();
    const signIn = async (): Promise<void> => {
      await isOnline(page);
      await page.evaluate(() => globalThis.terminal.signIn({ userId: "emma" as UserId }));
      await page.evaluate(() => globalThis.terminal.askMissed());
    };
    const heard = () =>
      page.evaluate(async () => {
        const { messages } = globalThis.terminal;
        const [message] = globalThis.terminal.state.messages ?? [];
        return message === undefined ? undefined : Array.from(await messages.sound(message.id));
      });
    await signIn();
    assert.deepEqual(await heard(), Array.from(said));
    await page.evaluate(() => globalThis.terminal.release());
    await load(page);
    await signIn();
    assert.deepEqual(await heard(), Array.from(said));
    await page.evaluate(() =>
      globalThis.terminal.messages.delete(globalThis.terminal.state.messages![0]!.id),
    );
    await page.evaluate(() => globalThis.terminal.askMissed());
    assert.equal(await heard(), undefined);
    await context.close();
  });

  test("it is in the browser when the page is loaded anew without the server", async () => {
    const { context, page } = await open(false);
    await registered(page, "carla");
    await personal(page, 1, "carried");
    await page.evaluate(() => globalThis.terminal.personal.putPerson("dora" as UserId, { note: "chess" }));
    // Only what leads to the server is gone: the page itself comes from it.
    await page.route("**/ws", (route) => route.abort());
    await page.addInitScript(() => {
      globalThis.WebSocket = class extends EventTarget {
        readonly readyState = 3;
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new Event("close")));
        }
        close(): void {}
        send(): void {}
      } as unknown as typeof WebSocket;
    });
    await load(page);
    const { people } = await personal(page, 2, "pending");
    assert.deepEqual(people, ["bob choir", "dora chess"]);
    await context.close();
  });

  test("the page shows people and history that were changed at another terminal, and what is changed on it is at the next one", async () => {
    const { context, page } = await open(true);
    await load(page, "?views");
    await registered(page, "dana");
    const people = page.getByRole("list", { name: "People", exact: true });
    const history = page.getByRole("list", { name: "History", exact: true });
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    const dialog = page.getByRole("dialog");
    await people.getByText("choir").waitFor();
    await button("Add person").click();
    await dialog.getByRole("textbox", { name: "User ID" }).fill("anna");
    await dialog.getByRole("textbox", { name: "User ID" }).press("Enter");
    // Nobody is there as anna: the call is over as soon as it is signed.
    await button("Call anna").click();
    await history.getByText("Not reached").waitFor();
    await personal(page, 2, "carried");
    await signedInElsewhere(page, "dana", "?views");
    await history.getByText("Not reached").waitFor();
    await people.getByText("choir").waitFor();
    await button("More about anna").click();
    await dialog.getByRole("checkbox", { name: "Favourite" }).check();
    await dialog.getByRole("textbox", { name: "Note" }).fill("alto");
    await dialog.getByRole("button", { name: "Save" }).click();
    await button("More about bob").click();
    await dialog.getByRole("button", { name: "Remove from your people" }).click();
    await personal(page, 1, "carried");
    await signedInElsewhere(page, "dana", "?views");
    await people.getByText("alto").waitFor();
    assert.match(await people.innerText(), /anna\s+anna\s+favourite[^]*alto/);
    assert.equal(await people.getByRole("listitem").count(), 1);
    assert.equal(await history.getByRole("listitem").count(), 1);
    await context.close();
  });
});
