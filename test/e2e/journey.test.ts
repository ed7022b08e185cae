/** From the first visit to the end of a call, as somebody without a mouse goes; and what every view has to keep. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { RunningServer } from "@signet/server";
import type { Browser, Page } from "playwright-core";

import {
  answer,
  call,
  hearEachOther,
  launchBrowser,
  openGuest,
  registerGuest,
  sees,
  signedIn,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { startTestServer } from "./support/server.ts";

let server: RunningServer;
let browser: Browser;
const phone = { width: 390, height: 844 };

before(async () => {
  server = await startTestServer();
  browser = await launchBrowser();
});
after(async () => {
  await browser.close();
  await server.close();
});

/** Everything that the page asks of any host. */
function requestsOf({ page }: Guest): string[] {
  const urls: string[] = [];
  page.on("request", (request) => void urls.push(request.url()));
  page.on("websocket", (socket) => void urls.push(socket.url()));
  return urls;
}

/** Nothing that axe calls serious or critical, and nothing wider than the screen. */
async function inspect({ page, userId }: Guest, view: string): Promise<void> {
  // By the debugger rather than a script element: the policy of the page allows no script but its own.
  await page.evaluate(`(() => { const module = undefined; const define = undefined; ${axe.source} })()`);
  const { passes, violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  assert.ok(passes.length > 10, "axe looked at the page");
  const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  assert.deepEqual(
    grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`),
    [],
    `${userId}, ${view}`,
  );
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(overflow, 0, `${userId}, ${view}: wider than the screen`);
}

/** Goes on with the tabulator until something of this role and name has the focus. */
async function tabTo(page: Page, role: "textbox" | "button", name: string): Promise<void> {
  const target = page.getByRole(role, { name, exact: true });
  await target.waitFor();
  for (let steps = 0; steps < 60; steps++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`the keyboard does not reach ${role} ${name}`);
}

/** No page hears what the policy forbids a worker: it has none of the schemas that try it. */
async function workersTryNoEval(page: Page): Promise<void> {
  assert.ok(page.workers().length > 0);
  for (const worker of page.workers())
    assert.doesNotMatch(await (await fetch(worker.url())).text(), /\bFunction\b|_zod/);
}

async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, "button", name);
  await page.keyboard.press("Enter");
}

test("the whole way by keyboard: create an ID, call, mute, look at the details, leave, call again, be called, release", async () => {
  const bobby = await registerGuest(server.origin, "bobby", { browser, hertz: 660 });
  const alice = await openGuest(server.origin, "alice", { browser });
  const { page } = alice;
  const requests = requestsOf(alice);
  const response = await page.reload();
  const policy = response?.headers()["content-security-policy"] ?? "";
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /script-src 'self'(;|$)/);
  assert.doesNotMatch(policy, /unsafe|\*|https:(?!\/\/)/);
  assert.equal(new URL(page.url()).search, "");

  await inspect(alice, "first visit");
  await tabTo(page, "textbox", "User ID");
  await page.keyboard.type("alice");
  await tabTo(page, "textbox", "Display name");
  await page.keyboard.type("Alice A.");
  await page.keyboard.press("Enter");
  await signedIn(alice);
  await inspect(alice, "home");

  await tabTo(page, "textbox", "Call user IDs");
  await page.keyboard.type("bobby");
  await page.keyboard.press("Enter");
  await sees(alice, "bobby", "ringing");
  await inspect(alice, "calling");
  await bobby.page
    .getByRole("dialog", { name: "Incoming call" })
    .getByRole("button", { name: "Answer" })
    .waitFor();
  await inspect(bobby, "incoming call");
  await answer(bobby);
  await together([alice, bobby]);
  await hearEachOther([alice, bobby], [440, 660]);
  await workersTryNoEval(page);
  await press(page, "Mute microphone");
  await page.getByRole("button", { name: "Unmute microphone" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Mute microphone", exact: true }).waitFor();
  await press(page, "Call details");
  await page.getByText("Safety code").waitFor();
  await inspect(alice, "call with details");
  await press(page, "Leave call");
  await page.getByRole("region", { name: "Summary" }).getByText("You left.").waitFor();
  await inspect(alice, "after a call");
  await sees(bobby, "alice", "left");
  await inspect(bobby, "alone in a call");
  await bobby.page.getByRole("button", { name: "Leave call" }).click();
  await bobby.page.getByRole("region", { name: "Summary" }).waitFor();

  await call(bobby, ["alice"]);
  const incoming = page.getByRole("dialog", { name: "Incoming call" });
  await incoming.waitFor();
  await tabTo(page, "button", "Answer");
  await page.keyboard.press("Enter");
  await together([alice, bobby]);
  await bobby.page.getByRole("button", { name: "End call for all" }).click();
  await page
    .getByRole("region", { name: "Summary" })
    .getByText(/, who started it, ended it for all\.$/)
    .waitFor();
  await press(page, "Sign out");
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  await inspect(alice, "released");

  assert.ok(requests.some((url) => url.startsWith("ws:")) && requests.length > 3);
  assert.deepEqual(
    requests.filter((url) => new URL(url).host !== new URL(server.origin).host),
    [],
  );
  for (const guest of [alice, bobby]) {
    assert.deepEqual(guest.consoleErrors, []);
    await guest.close();
  }
});

test("on a telephone: every view fits 390 pixels, in light and dark", async () => {
  const dora = await openGuest(server.origin, "dora", { browser, viewport: phone });
  await inspect(dora, "first visit");
  await dora.close();
  const carol = await registerGuest(server.origin, "carol", { browser, viewport: phone });
  const david = await registerGuest(server.origin, "david", { browser, hertz: 660, viewport: phone });
  await carol.page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
  await inspect(carol, "home");
  await call(carol, ["david"]);
  await david.page.getByRole("dialog", { name: "Incoming call" }).waitFor();
  await inspect(david, "incoming call");
  await answer(david);
  await together([carol, david]);
  for (const guest of [carol, david]) {
    await inspect(guest, "call");
    await guest.page.getByRole("button", { name: "Call details" }).click();
    await inspect(guest, "call with details");
  }
  await carol.page.getByRole("button", { name: "Leave call" }).click();
  await carol.page.getByRole("region", { name: "Summary" }).waitFor();
  await inspect(carol, "after a call");
  for (const guest of [carol, david]) {
    assert.deepEqual(guest.consoleErrors, []);
    await guest.close();
  }
});
