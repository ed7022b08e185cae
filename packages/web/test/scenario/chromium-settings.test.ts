/** The settings on the page: reached and left, and what each section does. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { asked, button, checked, focused } from "../support/asked.ts";
import { rememberedProfile } from "../support/profile.ts";
import { startViewPages, type ViewPages } from "../support/view-page.ts";

describe("settings", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  test("the settings are opened and left by keys, by the browser's way back, and by a call; each section is reached by its name", async () => {
    const view = await pages.open({ widthPx: 390, stored: rememberedProfile(Date.now()) });
    const { page } = view;
    const title = page.getByRole("heading", { name: "Settings", exact: true });
    await view.show("home");
    await page.keyboard.press(",");
    await title.waitFor();
    await focused(title);
    await button(view, "Privacy").click();
    const kept = page.getByRole("heading", { name: "Privacy", exact: true });
    await focused(kept);
    // However long the browser takes for its step back, who is quicker is not thrown out by it.
    const steps = await page.evaluate(() => {
      history.back = () => {
        Reflect.deleteProperty(history, "back");
        setTimeout(() => history.back(), 200);
      };
      return history.length;
    });
    await page.keyboard.press("Escape");
    await title.waitFor({ state: "detached" });
    await button(view, "Settings").click();
    await title.waitFor();
    assert.equal(await page.evaluate(() => history.length), steps);
    await button(view, "Language").click();
    await page.goBack();
    await title.waitFor({ state: "detached" });
    // A browser that has gone back takes the focus away once more, with its next picture.
    await view.settled();
    await page.keyboard.press("/");
    await focused(page.getByRole("textbox", { name: "Call user IDs" }));
    // What is typed is typed.
    await page.keyboard.press("?");
    assert.equal(await page.getByRole("dialog").count(), 0);
    await button(view, "Keyboard shortcuts").click();
    const list = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    await list.getByText("Mute and unmute the microphone").waitFor();
    assert.deepEqual(await view.axe(), []);
    await list.getByRole("checkbox").uncheck();
    await page.keyboard.press("Escape");
    await page.keyboard.press(",");
    await view.settled();
    assert.equal(await title.count(), 0, "who does not want shortcuts has none");
    await button(view, "Settings").click();
    await title.waitFor();
    const { call } = await page.evaluate(() => {
      harness.show("active");
      return harness.terminal.state;
    });
    assert.ok(call);
    await button(view, "Leave call").waitFor();
    assert.equal(await title.count(), 0);
    // The browser's way on leads out of no call, nor past what is told when it is over.
    await page.evaluate(() => (location.hash = "#settings"));
    await page.waitForFunction(() => location.hash === "");
    await page.evaluate(() => {
      const { state } = harness.terminal;
      harness.terminal.set({ ...state, call: { ...state.call!, phase: "ended", end: { type: "left" } } });
    });
    await page.getByRole("region", { name: "Summary" }).waitFor();
    assert.equal(await title.count(), 0);
    // What explains something stands over no call that begins.
    await view.show("home");
    await button(view, "Help").click();
    const help = page.getByRole("dialog", { name: "Help" });
    await help.waitFor();
    await page.evaluate((call) => harness.terminal.set({ ...harness.terminal.state, call }), call);
    await help.waitFor({ state: "detached" });
    await button(view, "Leave call").waitFor();
    await view.show("home");
    await button(view, "Keyboard shortcuts").click();
    await list.waitFor();
    await page.evaluate((call) => harness.terminal.set({ ...harness.terminal.state, call }), call);
    await list.waitFor({ state: "detached" });
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("what the server says of itself is told as its word; what it does not say is no claim", async () => {
    const view = await pages.open({ widthPx: 390 });
    const facts = view.page.getByRole("region", { name: "This server" });
    for (const [scene, said] of [
      ["aboutServer", ["carol", "Kept for 7 days", "Can be told that", "It passes calls on"]],
      [
        "aboutSparse",
        ["Nobody is named", "Are not kept", "Are told of nothing", "the relay is switched off"],
      ],
      ["settings", ["It does not tell"]],
      ["settingsSignedOut", ["Told after you sign in"]],
    ] as const) {
      await view.show(scene);
      for (const text of said) await facts.getByText(text).first().waitFor();
      await facts.getByText("nobody signed it").waitFor();
    }
    assert.deepEqual(await view.axe(), []);
    await view.close();
  });

  test("what this browser keeps is forgotten after a question, and the page begins as if it were new", async () => {
    const view = await pages.open({ stored: rememberedProfile(Date.now()) });
    const { page } = view;
    await view.show("settings");
    await button(view, "Forget everything in this browser").click();
    const question = page.getByRole("dialog", { name: "Forget everything in this browser?" });
    await question.getByText("It concerns everybody who signed in here: alice and alice.work.").waitFor();
    await question.getByText("You have no recovery phrase.").waitFor();
    assert.equal(await question.getByText("another tab of this browser").count(), 0);
    await page.evaluate(() => {
      const deed = { userId: "alice", doing: "nothing", names: [] };
      new BroadcastChannel("signet.tabs").postMessage({ tab: "a", deed });
    });
    await question.getByText("another tab of this browser").waitFor();
    assert.deepEqual(await view.axe(), []);
    await question.getByRole("button", { name: "Cancel" }).click();
    assert.ok((await page.evaluate(() => localStorage.length)) > 0);
    const kept = () =>
      page.evaluate(async () => ({
        databases: (await indexedDB.databases()).map(({ name }) => name),
        caches: await caches.keys(),
        session: sessionStorage.length,
      }));
    await page.evaluate(async () => {
      sessionStorage.setItem("signet.a", "1");
      await caches.open("signet-a");
      await new Promise<void>((resolve) => {
        const opening = indexedDB.open("signet");
        opening.addEventListener("success", () => {
          opening.result.close();
          resolve();
        });
      });
    });
    assert.deepEqual(await kept(), { databases: ["signet"], caches: ["signet-a"], session: 1 });
    await button(view, "Forget everything in this browser").click();
    await question.getByRole("button", { name: "Forget it" }).click();
    await page.getByText("Forgetting everything").waitFor();
    await page.waitForFunction(() => harness.terminal.asked.some(({ method }) => method === "release"));
    await page.evaluate(() => harness.terminal.settle());
    await page
      .getByRole("heading", { name: "Register" })
      .or(page.getByText("Create user ID"))
      .first()
      .waitFor();
    assert.deepEqual(await page.evaluate(() => [localStorage.length, location.hash]), [0, ""]);
    assert.deepEqual(await kept(), { databases: [], caches: [], session: 0 });
    await view.close();
  });

  test("a terminal that cannot open what is the person's asks another one, by a code or a link, and is let in there after a yes", async () => {
    const view = await pages.open({ widthPx: 390, scheme: "dark" });
    const { page } = view;
    const heard = () => page.evaluate(() => harness.terminal.letting.said);
    await view.show("home");
    await view.show("onlyHere");
    await page
      .locator(".notice")
      .getByText("approve this terminal at another one", { exact: false })
      .first()
      .waitFor();
    await page.getByRole("main").getByRole("button", { name: "Open the settings" }).click();
    await button(view, "Ask another terminal of yours").click();
    await button(view, "Go on").click();
    await page.getByRole("alert").getByText("not a code", { exact: false }).waitFor();
    assert.deepEqual(await heard(), []);
    await page.getByRole("textbox", { name: "Code" }).fill("7k3m q0rt vx2z 8hjn 5wcp");
    await button(view, "Go on").click();
    await page.getByText("Looking for the terminal that shows this code").waitFor();
    await page.evaluate(() => harness.terminal.letting.wait());
    await page.getByText("asks whether you want it").waitFor();
    await checked(view);
    await page.evaluate(() => harness.terminal.letting.finish("pairing.refused"));
    await page.getByRole("alert").getByText("did not want", { exact: false }).waitFor();
    assert.deepEqual(await heard(), ["7k3m q0rt vx2z 8hjn 5wcp"]);

    await view.show("settings");
    await button(view, "Let another terminal in").click();
    await page.getByText("7K3M-Q0RT-VX2Z-8HJN-5WCP").waitFor();
    await checked(view);
    await page.evaluate(() => void harness.terminal.letting.ask());
    const question = page.getByRole("dialog", { name: "Let this terminal in?" });
    await question.getByText("Telephone").waitFor();
    await checked(view);
    await question.getByRole("button", { name: "Let it in", exact: true }).click();
    await page.getByText("Giving it what it asks for").waitFor();
    await page.evaluate(() => harness.terminal.letting.finish());
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByText("Your other terminal has your people").waitFor({ state: "attached" });
    // Who does not want it has nothing explained.
    await button(view, "Let another terminal in").click();
    await page.getByText("7K3M-Q0RT-VX2Z-8HJN-5WCP").waitFor();
    await page.evaluate(() => void harness.terminal.letting.ask());
    await question.getByRole("button", { name: "Do not let it in" }).click();
    await page.evaluate(() => harness.terminal.letting.finish("pairing.refused"));
    await page.getByRole("dialog").waitFor({ state: "detached" });
    assert.equal(await page.getByRole("alert").count(), 0);
    assert.deepEqual((await heard()).slice(1), [true, false]);
    // The link leads to the settings once, where it has become needless too.
    await page.evaluate(() => (location.hash = "#let-in=7K3MQ0RTVX2Z8HJN5WCP"));
    await page.reload();
    await view.show("home");
    const title = page.getByRole("heading", { name: "Settings", exact: true });
    await title.waitFor();
    await button(view, "Back").click();
    await page.getByRole("heading", { name: "History" }).waitFor();
    await view.settled();
    assert.equal(await title.count(), 0);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("a recovery phrase is shown once, another one is made after a question; one that went with a device is told at home, and one is entered", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("settings");
    await button(view, "Make a recovery phrase").click();
    const shown = page.getByRole("dialog", { name: "Write it down" });
    await shown.getByText("3K7T-Y3PF-Z5G9-165W-KY6P-35Y9-RJTR").waitFor();
    await checked(view);
    // A browser that was not touched in between closes a dialog at the third, and at the first of its own way back.
    for (let press = 0; press < 4; press++) await page.keyboard.press("Escape");
    for (let press = 0; press < 4; press++)
      await shown.evaluate((element) => (element as HTMLDialogElement).requestClose());
    await view.settled();
    assert.equal(await shown.count(), 1, "it is not lost by a key");
    await button(view, "I have written it down").click();
    assert.equal(await page.getByText("3K7T").count(), 0);
    await page.evaluate(() => {
      harness.terminal.carrying = { ...harness.terminal.carrying, phrase: "kept" };
      harness.terminal.set(harness.terminal.state);
    });
    await button(view, "Make a new recovery phrase").click();
    await page.getByRole("dialog", { name: "Make a new recovery phrase?" }).waitFor();
    await button(view, "Cancel").click();
    await view.show("phraseGone");
    await button(view, "Back").click();
    await page.getByRole("main").getByText("opens nothing any more").waitFor();
    await page.locator(".notice").getByRole("button", { name: "Not now" }).click();
    assert.equal(await page.getByRole("main").getByText("opens nothing any more").count(), 0);
    await view.show("keptHere");
    await button(view, "Enter the recovery phrase").click();
    await page.getByRole("textbox", { name: "Recovery phrase" }).fill("3K7T-Y3PF");
    await button(view, "Go on").click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await view.show("keptHereOld");
    assert.equal(await button(view, "Enter the recovery phrase").count(), 0, "it is none of its ways out");
    await button(view, "Take what is here instead").click();
    await checked(view);
    await button(view, "Put it in its place").click();
    const methods = (await asked(view)).map((one) => (Array.isArray(one) ? one[0] : undefined));
    assert.deepEqual(methods, ["personal.makePhrase", "personal.enterPhrase", "personal.putOver"]);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("a warning leads to what it means, over the page and in a call, and back to where one was", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    const help = page.getByRole("dialog", { name: "Help" });
    const link = page.getByRole("alert").getByRole("link", { name: "What this means, and what to do" });
    await view.show("warned");
    await link.click();
    await help.getByText("Ask the person in another way, best face to face").waitFor();
    assert.equal(await page.evaluate(() => location.hash), "#help/changedKey");
    await checked(view);
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await focused(link);
    await link.click();
    await help.waitFor();
    await page.goBack();
    await help.waitFor({ state: "detached" });
    await view.show("mediaFailed");
    await link.click();
    await help
      .getByText("Wait some seconds: another way is tried by itself.")
      .or(help.getByText("Leave the call"))
      .first()
      .waitFor();
    await button(view, "Close").click();
    await button(view, "Leave call").waitFor();
    // As a link of another page leads there.
    await view.show("keptHere");
    await page.getByRole("region", { name: "At all your terminals" }).getByRole("link").click();
    await help.getByText("Make a recovery phrase, so that").waitFor();
    await button(view, "Close").click();
    await page.getByRole("heading", { name: "Settings", exact: true }).waitFor();
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("one hears oneself before a call, here or from the echo; how it rings is chosen by ear, and kept", async () => {
    const view = await pages.open();
    await view.show("soundSettings");
    const { page } = view;
    await button(view, "Speak and listen").click();
    await page.getByText("Speak now: 3 seconds to go.").waitFor();
    // Opened anew, it begins anew: nothing is said of what was not heard.
    await page.getByLabel("Take out noise around me").uncheck();
    await page.getByText("Speak for three seconds").waitFor();
    await button(view, "Stop the test").click();
    await button(view, "Speak and listen").click();
    await page.getByLabel("Ringtone").selectOption("Marimba");
    const volume = page.getByRole("slider", { name: "How loud it rings" });
    await volume.press("Home");
    await page.getByText("It does not sound when somebody calls.").waitFor();
    await volume.press("ArrowRight");
    await button(view, "Listen to it").click();
    await page.getByText("Now you hear yourself.").waitFor();
    await page.getByText("That was you, at this machine alone.").waitFor();
    const kept = await page.evaluate(() =>
      ["ring", "processing", "testedSound"].map(
        (name) => JSON.parse(localStorage.getItem(`signet.ui.${name}`) ?? "") as unknown,
      ),
    );
    assert.deepEqual(kept, [
      { tone: "marimba", volume: 0.05, vibrates: true },
      { echoCancellation: true, noiseSuppression: false, autoGainControl: true },
      true,
    ]);
    await button(view, "Call the echo").click();
    await page.getByText("Touch your device").waitFor();
    assert.deepEqual(await asked(view), [["call", "echo"]]);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("who does not want to be disturbed is shown calls without a sound, but of whom they named; it is said at home, and ended there", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    const settings = () => page.evaluate(() => harness.terminal.state.personal?.settings);
    const spoken = () => page.locator(".live-region, [aria-live]").allTextContents();
    await view.show("settings");
    await page.getByRole("checkbox", { name: "Do not disturb" }).check();
    await page.getByRole("checkbox", { name: "Quiet hours" }).check();
    const [from, until] = (await page.evaluate(() => new Date().getHours())) < 12 ? [14, 20] : [10, 11];
    await page.getByLabel("From").fill(`${from}:00`);
    await page.getByLabel("Until").fill(`${from}:00`);
    await page.getByText("They end when they begin").waitFor();
    await page.getByLabel("Until").fill(`${until}:00`);
    const named = page.getByRole("textbox", { name: "These people ring all the same" });
    await named.fill("carol, Bob Builder!");
    await button(view, "Keep").click();
    await page.getByRole("alert").getByText("cannot stand in one").waitFor();
    await named.fill("carol dora");
    await button(view, "Keep").click();
    await page.getByText("carol and dora can be heard at any time.").waitFor();
    assert.deepEqual(await settings(), {
      doNotDisturb: true,
      quietHours: { isOn: true, fromMinute: from * 60, toMinute: until * 60 },
      exceptions: { favourites: false, userIds: ["carol", "dora"] },
    });
    assert.deepEqual(await view.axe(), []);
    await button(view, "Back").click();
    await page.getByText("Do not disturb: calls are shown without a sound.").waitFor();
    const ring = page.getByRole("dialog", { name: /Incoming call/ });
    // Bob calls, who is nobody of these.
    const call = (userId: string) =>
      page.evaluate((caller) => {
        harness.terminal.set({ ...harness.terminal.state, ringing: [] });
        const one = harness.ring();
        const ringing = {
          ...one,
          callId: `${caller}AAAAAAAAAAAAAAAAAAAAAA`.slice(0, 22) as typeof one.callId,
        };
        const from = { ...one.from, userId: caller as typeof one.from.userId };
        harness.terminal.set({ ...harness.terminal.state, ringing: [{ ...ringing, from }] });
      }, userId);
    await call("bob");
    await ring.getByText("Shown without a sound").waitFor();
    assert.doesNotMatch((await spoken()).join(" "), /Bob Builder/);
    await call("carol");
    await ring.getByText("Shown without a sound").waitFor({ state: "detached" });
    assert.match((await spoken()).join(" "), /Bob Builder/);
    await page.evaluate(() => harness.terminal.set({ ...harness.terminal.state, ringing: [] }));
    await button(view, "Ring again").click();
    assert.equal((await settings())?.doNotDisturb, false);
    // In a call nobody is told aloud either.
    await view.show("waiting");
    const alert = page.getByRole("alert").filter({ hasText: "Ivan" });
    await alert.waitFor();
    await page.evaluate(() => harness.terminal.personal.changeSettings({ doNotDisturb: true }));
    await alert.waitFor({ state: "detached" });
    await button(view, "Leave and answer").waitFor();
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
