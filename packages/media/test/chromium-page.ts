/** Pages of Chromium that speak to a media engine, and what they hear. */
import { callFlags, launchChromium } from "@signet/e2e/support/chromium.ts";
import type { Browser, Page } from "playwright-core";
import type { MediaEngine } from "../src/index.ts";

const flags = [...callFlags, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

export const launch = (): Promise<Browser> => launchChromium({ flags });

export interface TerminalWindow extends Window {
  connection: RTCPeerConnection;
}
declare const window: TerminalWindow;

/** A page that sends a tone of `hertz` and plays what its 8 slots bring. @param relay the only way that it takes, where there is one */
export async function joinFromPage(
  browser: Browser,
  engine: MediaEngine,
  terminalId: string,
  hertz: number,
  relay?: RTCIceServer,
): Promise<Page> {
  const page = await browser.newPage();
  await page.goto("about:blank");
  const configuration: RTCConfiguration =
    relay === undefined ? {} : { iceServers: [relay], iceTransportPolicy: "relay" };
  const offerSdp = await page.evaluate(
    async ({ frequency, configuration }) => {
      const context = new AudioContext();
      const tone = new OscillatorNode(context, { frequency });
      const out = new MediaStreamAudioDestinationNode(context);
      tone.connect(out);
      tone.start();
      const connection = (window.connection = new RTCPeerConnection(configuration));
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
    },
    { frequency: hertz, configuration },
  );
  const { answerSdp } = await engine.join({ callId: "call", terminalId, offerSdp });
  await page.evaluate((sdp) => window.connection.setRemoteDescription({ type: "answer", sdp }), answerSdp);
  return page;
}

/** Frequency of the strongest part of what each slot plays, by mid; slots in silence are left out. */
export async function heard(page: Page): Promise<Map<string, number>> {
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
