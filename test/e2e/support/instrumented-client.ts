import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Guest } from "./browser.ts";

/** A frame as it passed the worker of a page: `in` comes from the encoder or the network, `out` goes to the other. */
export interface PassedFrame {
  readonly side: "send" | "receive";
  readonly stage: "in" | "out";
  /** Base64. */
  readonly data: string;
}

/**
 * The built web client, with an ear in its frame worker: it keeps what goes in and what comes out, and changes nothing.
 * @returns its folder, for the server's `webRoot`
 */
export function instrumentClient(): { readonly webRoot: string; remove(): void } {
  const webRoot = mkdtempSync(join(tmpdir(), "signet-client-"));
  cpSync(join(import.meta.dirname, "../../../packages/web/dist"), webRoot, { recursive: true });
  const assets = join(webRoot, "assets");
  const worker = readdirSync(assets).find((name) => name.startsWith("worker"));
  if (worker === undefined) throw new Error("the built client has no frame worker");
  const code = readFileSync(join(assets, worker), "utf8");
  writeFileSync(join(assets, worker), `(${ear.toString()})();\n${code}`);
  return { webRoot, remove: () => rmSync(webRoot, { recursive: true, force: true }) };
}

/** Everything that passed so far, in the calls that this page is in. */
export function passedFrames({ page }: Guest): Promise<PassedFrame[]> {
  return page.evaluate(
    () =>
      new Promise<PassedFrame[]>((resolve) => {
        const channel = new BroadcastChannel("signet-test-frames");
        channel.onmessage = ({ data }: MessageEvent<PassedFrame[]>) => {
          channel.close();
          resolve(data);
        };
        channel.postMessage("collect");
      }),
  );
}

/** Runs in the worker before its own code. */
function ear(): void {
  interface Transformer {
    readonly options: { readonly side: "send" | "receive" };
    readonly readable: ReadableStream<{ data: ArrayBuffer }>;
    readonly writable: WritableStream<{ data: ArrayBuffer }>;
  }
  const passed: PassedFrame[] = [];
  const listen = (side: PassedFrame["side"], stage: PassedFrame["stage"]) =>
    new TransformStream<{ data: ArrayBuffer }, { data: ArrayBuffer }>({
      transform(frame, controller) {
        passed.push({ side, stage, data: btoa(String.fromCharCode(...new Uint8Array(frame.data))) });
        controller.enqueue(frame);
      },
    });
  Object.defineProperty(globalThis, "onrtctransform", {
    set(handler: (event: { transformer: Transformer }) => void) {
      addEventListener("rtctransform", (event) => {
        const { options, readable, writable } = (event as unknown as { transformer: Transformer })
          .transformer;
        const out = listen(options.side, "out");
        out.readable.pipeTo(writable).catch(() => undefined);
        handler({
          transformer: {
            options,
            readable: readable.pipeThrough(listen(options.side, "in")),
            writable: out.writable,
          },
        });
      });
    },
  });
  const channel = new BroadcastChannel("signet-test-frames");
  channel.onmessage = ({ data }) => {
    if (data === "collect") channel.postMessage(passed);
  };
}
