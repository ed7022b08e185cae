import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import type { Browser, Page } from "playwright-core";
import { startMedia } from "../../src/index.ts";
import type { MediaEngine } from "../../src/index.ts";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-fake-device-for-media-stream",
  "--use-fake-ui-for-media-stream",
  "--autoplay-policy=no-user-gesture-required",
  "--allow-loopback-in-peer-connection",
];

let engine: MediaEngine;
let browser: Browser;
let runtimeDir: string;

before(async () => {
  runtimeDir = mkdtempSync(join(tmpdir(), "signet-media-"));
  engine = await startMedia({ runtimeDir, children: 1 });
  browser = await chromium.launch({
    executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium",
    args: flags,
  });
});

after(async () => {
  await browser.close();
  await engine.close();
  rmSync(runtimeDir, { recursive: true });
});

interface TerminalWindow extends Window {
  connection: RTCPeerConnection;
}
declare const window: TerminalWindow;

/** A page that sends a tone of `hertz` and plays what its 8 slots bring. */
async function joinFromPage(terminalId: string, hertz: number): Promise<Page> {
  const page = await browser.newPage();
  await page.goto("about:blank");
  const offerSdp = await page.evaluate(async (frequency) => {
    const context = new AudioContext();
    const tone = new OscillatorNode(context, { frequency });
    const out = new MediaStreamAudioDestinationNode(context);
    tone.connect(out);
    tone.start();
    const connection = (window.connection = new RTCPeerConnection());
    connection.addTransceiver(out.stream.getAudioTracks()[0] ?? "audio", { direction: "sendonly" });
    for (let slot = 0; slot < 8; slot++) connection.addTransceiver("audio", { direction: "recvonly" });
    connection.ontrack = ({ track }) => {
      const element = document.createElement("audio");
      element.srcObject = new MediaStream([track]);
      void element.play();
      document.documentElement.append(element);
    };
    const gathered = new Promise<void>((resolve) => {
      connection.onicegatheringstatechange = () => {
        if (connection.iceGatheringState === "complete") resolve();
      };
    });
    await connection.setLocalDescription();
    await gathered;
    return connection.localDescription?.sdp ?? "";
  }, hertz);
  const { answerSdp } = await engine.join({ callId: "call", terminalId, offerSdp });
  await page.evaluate((sdp) => window.connection.setRemoteDescription({ type: "answer", sdp }), answerSdp);
  return page;
}

/** Frequency of the strongest part of what each slot plays, by mid; slots in silence are left out. */
async function heard(page: Page): Promise<Map<string, number>> {
  const entries = await page.evaluate(async () => {
    const context = new AudioContext();
    const analysers = window.connection
      .getTransceivers()
      .filter((transceiver) => transceiver.currentDirection === "recvonly")
      .map((transceiver) => {
        const source = new MediaStreamAudioSourceNode(context, {
          mediaStream: new MediaStream([transceiver.receiver.track]),
        });
        const analyser = new AnalyserNode(context, { fftSize: 8192 });
        source.connect(analyser);
        return { mid: transceiver.mid ?? "", analyser };
      });
    // By the clock of the samples: what is looked at came since, twice over.
    const filledS = (2 * 8192) / context.sampleRate;
    while (context.currentTime < filledS) await new Promise((resolve) => setTimeout(resolve, 20));
    const found: [string, number][] = [];
    for (const { mid, analyser } of analysers) {
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      const loudest = bins.reduce((best, value, bin) => (value > (bins[best] ?? -Infinity) ? bin : best), 0);
      if ((bins[loudest] ?? -Infinity) > -60)
        found.push([mid, (loudest * context.sampleRate) / analyser.fftSize]);
    }
    await context.close();
    return found;
  });
  return new Map(entries);
}

/** Waits until `probe` holds; the test runner's own limit ends a wait in vain. */
async function until(probe: () => Promise<boolean>): Promise<void> {
  while (!(await probe())) await new Promise((resolve) => setTimeout(resolve, 100));
}

test("three Chromium pages hear each other, each in a slot of their own", { timeout: 60_000 }, async () => {
  const tones = [440, 660, 880];
  const pages: Page[] = [];
  for (const [i, hertz] of tones.entries()) pages.push(await joinFromPage(`terminal-${i}`, hertz));
  for (const [i, page] of pages.entries()) {
    const others = tones.filter((_, other) => other !== i);
    let frequencies: number[] = [];
    await until(async () => {
      frequencies = [...(await heard(page)).values()].toSorted((a, b) => a - b);
      return (
        frequencies.length >= others.length &&
        frequencies.every((hertz) => others.some((tone) => Math.abs(tone - hertz) < 15))
      );
    });
    assert.equal(frequencies.length, 2);
  }

  // A member who comes back (a reload) takes nobody's slot: the others stay where they were.
  const first = pages[0] ?? assert.fail();
  const slotOf = (slots: Map<string, number>, tone: number): string | undefined =>
    [...slots].find(([, hertz]) => Math.abs(hertz - tone) < 15)?.[0];
  /** In which slots these tones are, once all of them are heard in one look. */
  const slotsOf = async (...wanted: readonly number[]): Promise<(string | undefined)[]> => {
    let slots: (string | undefined)[] = [];
    await until(async () => {
      const now = await heard(first);
      slots = wanted.map((tone) => slotOf(now, tone));
      return !slots.includes(undefined);
    });
    return slots;
  };
  const [before] = await slotsOf(660);
  await pages[2]?.close();
  engine.leave("call", "terminal-2");
  pages[2] = await joinFromPage("terminal-3", 990);
  const [now] = await slotsOf(660, 990);
  assert.equal(now, before);

  const received = await first.evaluate(async () => {
    const rows: { lost: number; received: number }[] = [];
    for (const row of (await window.connection.getStats()).values()) {
      if (row.type === "inbound-rtp") rows.push({ lost: row.packetsLost, received: row.packetsReceived });
    }
    return rows;
  });
  assert.equal(received.length, 2);
  for (const row of received)
    assert.deepEqual({ lost: row.lost, some: row.received > 50 }, { lost: 0, some: true });

  // The SFU answers sender reports, so the sender knows its loss.
  await until(() =>
    first.evaluate(async () =>
      [...(await window.connection.getStats()).values()].some(
        (row) => row.type === "remote-inbound-rtp" && row.packetsLost === 0,
      ),
    ),
  );
  for (const page of pages) await page.close();
});
