import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { callFlags, launchChromium } from "@signet/e2e/support/chromium.ts";
import type { FrameDropReason } from "../../src/frames/worker-messages.ts";
import type { Scenarios } from "../browser/page.ts";
import { servePage } from "../browser/serve.ts";

const flags = [...callFlags, "--disable-features=WebRtcHideLocalIpsWithMdns"];

/** A scenario that waits for something that never comes fails instead of hanging. */
const timeout = 60_000;

describe("frames in Chromium", () => {
  let served: Awaited<ReturnType<typeof servePage>>;
  let browser: Browser;
  let page: Page;
  const pageErrors: string[] = [];

  before(async () => {
    served = await servePage();
    browser = await launchChromium({ flags });
    page = await browser.newPage();
    page.on("pageerror", (error) => pageErrors.push(error.message));
    await page.goto(served.url);
    await page.waitForFunction(() => "scenarios" in globalThis);
  });

  after(async () => {
    await browser?.close();
    await served?.close();
  });

  type Result<Name extends keyof Scenarios> = Awaited<ReturnType<Scenarios[Name]>>;
  function play<Name extends keyof Scenarios>(
    name: Name,
    ...parameters: Parameters<Scenarios[Name]>
  ): Promise<Result<Name>> {
    return page.evaluate(
      ([name, parameters]) => {
        const { scenarios } = globalThis as unknown as {
          scenarios: Record<string, (...all: unknown[]) => unknown>;
        };
        return scenarios[name]?.(...parameters);
      },
      [name, parameters] as const,
    ) as Promise<Result<Name>>;
  }

  /** What was dropped but for the browser's own padding, by which it probes a link again after a stall: frames without content. */
  const ofVoice = ({
    empty: _padding,
    ...reasons
  }: Partial<Record<FrameDropReason, number>>): Partial<Record<FrameDropReason, number>> => reasons;

  test("every frame on the wire opens with the sender's key, and none without", { timeout }, async () => {
    const { wire, failure } = await play("onTheWire");
    assert.ok(wire.opened >= 100);
    assert.equal(wire.refused, 0);
    assert.equal(wire.empty, 0);
    assert.equal(failure, undefined);
  });

  test(
    "audio arrives both ways, over late epoch changes, with no frame lost and each speaker known",
    { timeout },
    async () => {
      const { speakers, failure, stats, anna, ben } = await play("bothWays");
      assert.equal(failure, undefined);
      assert.ok(stats !== undefined && stats.framesEncrypted > 0);
      assert.deepEqual(ofVoice(anna.framesDropped), {});
      assert.deepEqual(ofVoice(ben.framesDropped), {});
      assert.ok(ben.framesHeld >= 2, "frames came before their epoch's key");
      const of = (by: string) => speakers.filter((speaker) => speaker.by === by);
      assert.deepEqual(of("anna"), [
        { by: "anna", slot: 1, leaf: 1, epoch: "1" },
        { by: "anna", slot: 1, leaf: 1, epoch: "2" },
        { by: "anna", slot: 1, leaf: 1, epoch: "3" },
      ]);
      assert.deepEqual(of("ben"), [
        { by: "ben", slot: 5, leaf: 0, epoch: "1" },
        { by: "ben", slot: 5, leaf: 0, epoch: "2" },
        { by: "ben", slot: 5, leaf: 0, epoch: "3" },
      ]);
    },
  );

  test("with another key nothing opens and nothing is heard", { timeout }, async () => {
    const { counters, energy } = await play("wrongKey");
    assert.equal(counters.framesDecrypted, 0);
    assert.equal(counters.framesAuthentic, 0, "none of it is anybody's sound");
    assert.equal(energy, 0);
  });

  test("without a transform nothing is sent", { timeout }, async () => {
    const { sent, packetsReceived, frames } = await play("missingTransform");
    assert.deepEqual(
      { sent, packetsReceived, frames },
      { sent: { packets: 0, bytes: 0 }, packetsReceived: 0, frames: 0 },
    );
  });

  test(
    "what is added to a protected connection later without a transform sends nothing",
    { timeout },
    async () => {
      const { sent, packetsReceived, frames } = await play("forgottenTransform");
      assert.deepEqual(
        { sent, packetsReceived, frames },
        { sent: { packets: 0, bytes: 0 }, packetsReceived: 0, frames: 0 },
      );
    },
  );

  test(
    "with a late transform nothing is sent before it, and only encrypted frames after it",
    { timeout },
    async () => {
      const { before, after } = await play("lateTransform");
      assert.deepEqual(before, {
        sent: { packets: 0, bytes: 0 },
        packetsReceived: 0,
        bytesReceived: 0,
        frames: 0,
      });
      assert.ok(after.opened >= 50);
      assert.equal(after.refused + after.empty, 0);
    },
  );

  test("without a key nothing is sent", { timeout }, async () => {
    const { sent, packetsReceived, frames, counters } = await play("noKey");
    assert.deepEqual(
      { sent, packetsReceived, frames },
      { sent: { packets: 0, bytes: 0 }, packetsReceived: 0, frames: 0 },
    );
    assert.ok((counters.framesDropped.noKey ?? 0) > 0);
    assert.equal(counters.framesEncrypted, 0);
  });

  for (const how of ["terminate", "null"] as const) {
    const what = how === "terminate" ? "the worker is terminated" : "the transform is set to null";
    test(`once ${what} nothing more is sent`, { timeout }, async () => {
      const { before, after } = await play("stopped", how);
      assert.ok(before.frames > 0);
      // Where the page is slow, the connection was ended meanwhile, and counts nothing any more.
      const isEnded = after.sent.packets === 0;
      assert.deepEqual(after, isEnded ? { ...before, sent: { packets: 0, bytes: 0 } } : before);
    });
  }

  test("a worker that falls silent ends the connection", { timeout }, async () => {
    assert.deepEqual(await play("workerDies"), {
      failure: "frames.workerFailed",
      signalingState: "closed",
      track: "frames.workerFailed",
    });
  });

  test(
    "a worker that does not load ends the connection before a track is attached",
    { timeout },
    async () => {
      assert.deepEqual(await play("workerMissing"), {
        code: "frames.workerFailed",
        signalingState: "closed",
        track: "frames.workerFailed",
      });
    },
  );

  for (const how of ["stall", "throw"] as const) {
    const what = how === "stall" ? "does not answer any more" : "dies of an error";
    test(
      `a worker that ${what} is replaced: nothing is sent meanwhile, no nonce comes twice, all opens`,
      { timeout },
      async () => {
        const { wire, ...rest } = await play("workerReplaced", how);
        assert.deepEqual(rest, {
          failures: ["frames.workerFailed", undefined],
          closed: "closed",
          refused: "frames.workerFailed",
          sentAfterwards: 0,
          framesTwice: 0,
        });
        assert.ok(wire.opened >= 100);
        assert.equal(wire.refused + wire.empty, 0);
      },
    );
  }

  test("what was opened before is not opened again by the worker that takes over", { timeout }, async () => {
    const { first, second } = await play("replayedToTheNext");
    const { replayed = 0, late = 0 } = second.framesDropped as Record<string, number>;
    assert.ok(replayed + late >= first.framesDecrypted, `${replayed + late} of ${first.framesDecrypted}`);
    assert.ok(first.framesAuthentic >= first.framesDecrypted);
    assert.ok(second.framesAuthentic <= 400 - first.framesDecrypted, String(second.framesAuthentic));
  });

  test("a voice goes on in the next connection when its own was closed", { timeout }, async () => {
    const dropped = (await play("nextConnection")) as Record<string, number>;
    assert.equal(dropped["elsewhere"], undefined);
  });

  /** The words that were heard, each once, in their order. */
  const wordsIn = (heard: string): string => heard.replaceAll(".", "").replaceAll(/(.)\1+/g, "$1");
  /** From where one word begins to where another begins, in ms by the samples that were played: a letter is 10 ms. */
  const betweenMs = (heard: string, one: string, other: string): number =>
    10 * (heard.indexOf(other) - heard.indexOf(one));
  /** Of each word. */
  const wordMs = 300;
  /** A jitter buffer hurries a little at times, and waits for what a busy machine keeps back. */
  const isAbout = (foundMs: number, wantedMs: number, heard: string): void =>
    assert.ok(
      foundMs >= wantedMs - 100 && foundMs <= wantedMs + 600,
      `${foundMs} ms instead of ${wantedMs}: ${heard}`,
    );

  test("what a server passes on as it was said is played as it was said", { timeout }, async () => {
    const { heard, dropped } = await play("toldOtherwise", ["x", "a", "b", "c", "d", "z"], 0);
    assert.equal(wordsIn(heard), "xabcdz");
    isAbout(betweenMs(heard, "a", "c"), 2 * wordMs, heard);
    assert.deepEqual(ofVoice(dropped), {});
  });

  for (const [how, lead] of [
    ["takes its time", 0],
    ["takes no time, but in its timestamps", 20],
  ] as const)
    test(
      `a word that a server cuts out is a silence of its length, when that ${how}`,
      { timeout },
      async () => {
        const { heard } = await play("toldOtherwise", ["x", "a", 15, "c", "d", "z"], lead);
        assert.equal(wordsIn(heard), "xacdz");
        isAbout(betweenMs(heard, "a", "c"), 2 * wordMs, heard);
      },
    );

  test("what follows on a word that was cut out is not joined to what came before", { timeout }, async () => {
    const { heard, dropped } = await play("toldOtherwise", ["x", "a", "c", "d", 50, "z"], 0);
    assert.equal(wordsIn(heard), "xaz");
    assert.deepEqual(ofVoice(dropped), { misplaced: 30 });
  });

  test("words in another order than they were said in are not heard in it", { timeout }, async () => {
    const { heard, dropped } = await play("toldOtherwise", ["x", "a", "c", "b", "d", 50, "z"], 0);
    assert.equal(wordsIn(heard), "xabz");
    isAbout(betweenMs(heard, "a", "b"), 2 * wordMs, heard);
    assert.deepEqual(ofVoice(dropped), { misplaced: 30 });
  });

  test(
    "a word that comes when later ones were heard already is not heard any more",
    { timeout },
    async () => {
      const { heard, dropped } = await play("toldOtherwise", ["x", 15, "b", "c", "d", "a", 50, "z"], 0);
      assert.equal(wordsIn(heard), "xbcdz");
      const { late = 0, misplaced = 0 } = dropped as Record<string, number>;
      assert.equal(late + misplaced, 15);
    },
  );

  test("plaintext is found and reported where Chromium sends it", { timeout }, async () => {
    const { wire, code, counters } = await play("plaintext");
    assert.ok(wire.refused > 0, "the careless connection really sent plaintext");
    assert.equal(wire.opened, 0);
    assert.equal(counters.framesEncrypted, 0);
    assert.equal(code, "frames.plaintextDetected");
  });

  test("the page met no error but the one that was ordered", () =>
    assert.deepEqual(pageErrors, ["as the test ordered"]));
});
