/** Voice messages in the page: recorded, heard, sent or thrown away after a call that nobody came to; played and deleted by whom they are for. */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { readMessageSound, soundMs } from "@signet/terminal";

import { button, focused, inView, titled } from "../support/asked.ts";
import { startViewPages } from "../support/view-page.ts";
import type { ViewPage, ViewPages } from "../support/view-page.ts";

describe("voice messages", () => {
  let pages: ViewPages;
  before(async () => (pages = await startViewPages()));
  after(() => pages.close());

  /** What was left: for whom, and the sound. */
  const left = ({ page }: ViewPage) =>
    page.evaluate(() =>
      harness.terminal.asked
        .filter(({ method }) => method === "messages.leave")
        .map(({ args: [, userIds, sound] }) => ({
          userIds: userIds as string[],
          sound: Array.from(sound as Uint8Array),
        })),
    );
  const did = ({ page }: ViewPage, method: string) =>
    page.evaluate(
      (name) =>
        harness.terminal.asked.filter((one) => one.method === `messages.${name}`).map(({ args }) => args[0]),
      method,
    );
  async function summary(view: ViewPage): Promise<void> {
    await view.show("home");
    await view.show("summaryNoAnswer");
    await view.page.getByRole("heading", { name: "Leave a voice message" }).waitFor();
  }

  test("after no answer it is recorded, heard, thrown away or sent, and says who can hear it", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await summary(view);
    await page.getByText("sealed to Bob Builder before it leaves this browser").waitFor();
    await page.getByText("any of these: the device that they registered with and “Phone”").first().waitFor();
    await page.getByText("The server keeps it sealed for 7 days").waitFor();
    const record = async (): Promise<void> => {
      await button(view, "Record").click();
      await page.getByText("Recording. Nothing is sent").waitFor();
      // Some of it came in.
      await page.getByText(/^1:5[0-8] left$/).waitFor();
      await button(view, "Stop recording").click();
    };
    await record();
    assert.deepEqual(await view.axe(), []);
    await button(view, "Play: Your message").click();
    await button(view, "Stop: Your message").waitFor();
    await button(view, "Play: Your message").waitFor();
    await button(view, "Throw it away").click();
    await page.getByText("It is thrown away").waitFor();
    assert.deepEqual(await left(view), []);
    await record();
    await button(view, "Send it").click();
    await page.getByText("The server took your voice message").waitFor();
    const [message, ...more] = await left(view);
    assert.deepEqual([message?.userIds, more], [["bob", "dora"], []]);
    // What every terminal reads.
    const lengthMs = soundMs(readMessageSound(Uint8Array.from(message?.sound ?? [])));
    assert.ok(lengthMs > 500 && lengthMs < 60_000, `${lengthMs} ms`);
    // What is recorded while one goes on to something else goes with it, and the microphone.
    await summary(view);
    await button(view, "Record").click();
    await page.getByText("Recording. Nothing is sent").waitFor();
    await view.show("home");
    assert.equal((await left(view)).length, 1);
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("why none can be left is said: of a person, and of a browser", async () => {
    const view = await pages.open();
    const { page } = view;
    await page.evaluate(() => {
      harness.terminal.messages.refusals = { bob: "message.noMailbox", dora: "message.off" };
    });
    await summary(view);
    await page
      .getByText(
        "No voice message can be left for Bob Builder: This person has no terminal that voice messages",
      )
      .waitFor();
    await page
      .getByText("No voice message can be left for Dora Maar: This server keeps no voice messages")
      .waitFor();
    assert.equal(await button(view, "Record").count(), 0);
    await page.evaluate(() => {
      harness.terminal.messages.refusals = {};
      Reflect.deleteProperty(globalThis, "AudioEncoder");
    });
    await summary(view);
    await page.getByText("This browser cannot record voice messages").waitFor();
    assert.equal(await button(view, "Record").count(), 0);
    await page.reload();
    await view.close();
  });

  test("each stands with its call, is played to its end from any place, and is deleted; what was sealed elsewhere says so", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    // With a history.
    await view.show("people");
    await view.show("messages");
    assert.deepEqual(await view.axe(), []);
    const missed = page.getByRole("region", { name: "Missed: 1 call" });
    const others = page.getByRole("region", { name: "Voice messages" });
    await others.getByText("It was sealed to other terminals of yours").waitFor();
    const place = missed.getByRole("slider", { name: "Place in: Voice message of Bob Builder" });
    assert.equal(await place.getAttribute("aria-valuetext"), "0:00 of 0:12");
    await missed.getByRole("button", { name: "Play: Voice message of Bob Builder" }).press("Enter");
    await missed.getByRole("button", { name: "Stop: Voice message of Bob Builder" }).press("Enter");
    // By the keyboard, to the last second of what there is: the scene's sound is 1.2 s.
    await place.press("End");
    await missed.getByRole("button", { name: "Play: Voice message of Bob Builder" }).press("Enter");
    await page.waitForFunction(() =>
      harness.terminal.asked.some(({ method }) => method === "messages.heard"),
    );
    assert.deepEqual(await did(view, "heard"), ["one"]);
    // Two presses while it loads open it once.
    await page.evaluate(() => {
      Object.assign(globalThis, { opened: 0 });
      globalThis.OfflineAudioContext = new Proxy(OfflineAudioContext, {
        construct: (target, args: unknown[]): object => {
          Object.assign(globalThis, { opened: Number(Reflect.get(globalThis, "opened")) + 1 });
          return Object(Reflect.construct(target, args));
        },
      });
    });
    await others
      .getByRole("button", { name: "Play: Voice message of Bob Builder" })
      .evaluate((button: HTMLElement) => {
        button.click();
        button.click();
      });
    await page.waitForFunction(
      () => harness.terminal.asked.filter(({ method }) => method === "messages.heard").length === 2,
    );
    assert.equal(await page.evaluate(() => Number(Reflect.get(globalThis, "opened"))), 1);
    await others.getByRole("button", { name: "Delete: Voice message of Bob Builder" }).first().click();
    await page.getByText("The voice message is deleted").waitFor();
    assert.deepEqual(await did(view, "delete"), ["three"]);
    // In the history, where the call is not among the missed ones.
    await page.evaluate(() => {
      const { state } = harness.terminal;
      const [past] = state.personal!.history;
      const { callId, startedAtMs: atMs, userIds } = past!;
      const { from, ...missed } = state.messages![0]!.call;
      const call = { ...missed, callId, atMs, from: { ...from, userId: userIds[0]! } };
      const messages = [{ ...state.messages![0]!, call }];
      harness.terminal.set({ ...state, missed: [], messages });
    });
    await page.getByRole("region", { name: "History" }).getByText("Voice message of Bob Builder").waitFor();
    assert.equal(await others.count(), 0);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
    // What cannot be played is said.
    await page.evaluate(() => {
      harness.terminal.messages.isDamaged = true;
    });
    await page.getByRole("button", { name: "Play: Voice message of Bob Builder" }).click();
    await page.getByRole("alert").getByText("was refused").waitFor();
    assert.deepEqual(view.problems, []);
    await view.close();
  });

  test("a new one that stands with its call in the history is told of above, with the way to it and back out", async () => {
    const view = await pages.open({ widthPx: 390 });
    const { page } = view;
    await view.show("messageInHistory");
    await titled(view, "(1) Signet");
    const news = page.getByRole("region", { name: "New: 2 voice messages" });
    await news.getByText("Left ").first().waitFor();
    assert.deepEqual(await view.axe(), []);
    const history = page.getByRole("region", { name: "History" });
    await news.getByRole("button", { name: "Go to it: Voice message of Ivan" }).last().click();
    const play = history.getByRole("button", { name: "Play: Voice message of Ivan" });
    await focused(play);
    await inView(play);
    // As far in as what is said of the call.
    const lefts = await history
      .locator(".with-message")
      .evaluate((row) =>
        [".recent-who", ".voice-name", ".message-play"].map((part) =>
          Math.round(row.querySelector(part)?.getBoundingClientRect().left ?? 0),
        ),
      );
    assert.equal(new Set(lefts).size, 1, lefts.join());
    // What is heard at another terminal is not known here.
    await news.getByRole("button", { name: "I have heard them", exact: true }).click();
    assert.deepEqual(await did(view, "heard"), ["one", "two"]);
    assert.deepEqual(view.problems, []);
    await view.close();
  });
});
