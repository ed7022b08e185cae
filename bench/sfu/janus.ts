import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import type { Subject } from "./subject.ts";

export const janusPath = "/usr/bin/janus";

const port = 42_188;
const startTimeoutMs = 10_000;

interface JanusMessage {
  readonly janus: string;
  readonly transaction?: string;
  readonly sender?: number;
  readonly data?: { readonly id: number };
  readonly plugindata?: { readonly data: { readonly error?: string } };
  readonly jsep?: { readonly sdp: string };
  readonly error?: { readonly reason: string };
}

/** A session over Janus' HTTP transport: answers that come later are fetched by long polls. */
class JanusSession {
  readonly #url: string;
  readonly #waiting = new Map<string, (message: JanusMessage) => void>();
  #next = 1;
  closed = false;

  constructor(url: string) {
    this.#url = url;
    void this.#poll();
  }

  async attach(): Promise<number> {
    const reply = await post(this.#url, { janus: "attach", plugin: "janus.plugin.videoroom" });
    return reply.data?.id ?? 0;
  }

  /** A synchronous request of the plugin, such as "create". */
  async request(handle: number, body: object): Promise<void> {
    await post(`${this.#url}/${handle}`, { janus: "message", body });
  }

  /** @returns the SDP of the event that answers */
  async message(handle: number, body: object, jsep?: object): Promise<string> {
    const transaction = `t${this.#next++}`;
    const event = new Promise<JanusMessage>((resolve) => this.#waiting.set(transaction, resolve));
    await post(`${this.#url}/${handle}`, {
      janus: "message",
      transaction,
      body,
      ...(jsep === undefined ? {} : { jsep }),
    });
    const { plugindata, jsep: answer } = await event;
    if (plugindata?.data.error !== undefined) throw new Error(`janus: ${plugindata.data.error}`);
    return answer?.sdp ?? "";
  }

  async #poll(): Promise<void> {
    while (!this.closed) {
      let events: JanusMessage[];
      try {
        events = (await (await fetch(`${this.#url}?maxev=20`)).json()) as JanusMessage[];
      } catch {
        // Janus was ended.
        return;
      }
      for (const event of [events].flat()) {
        if (event.janus !== "event" || event.transaction === undefined) continue;
        this.#waiting.get(event.transaction)?.(event);
        this.#waiting.delete(event.transaction);
      }
    }
  }
}

async function post(url: string, body: object): Promise<JanusMessage> {
  const response = await fetch(url, {
    method: "POST",
    body: JSON.stringify({ transaction: "sync", ...body }),
  });
  const reply = (await response.json()) as JanusMessage;
  if (reply.janus === "error") throw new Error(`janus: ${reply.error?.reason ?? "error"}`);
  return reply;
}

const config: Record<string, string> = {
  "janus.jcfg": `general: { debug_level = 2, session_timeout = 0, protected_folders = [] }
plugins: { disable = "libjanus_audiobridge.so,libjanus_duktape.so,libjanus_echotest.so,libjanus_lua.so,libjanus_nosip.so,libjanus_recordplay.so,libjanus_sip.so,libjanus_streaming.so,libjanus_textroom.so,libjanus_videocall.so,libjanus_voicemail.so" }
transports: { disable = "libjanus_mqtt.so,libjanus_nanomsg.so,libjanus_pfunix.so,libjanus_rabbitmq.so,libjanus_websockets.so" }
`,
  "janus.transport.http.jcfg": `general: { json = "compact", base_path = "/janus", http = true, port = ${port}, ip = "127.0.0.1", https = false }\n`,
  "janus.plugin.videoroom.jcfg": "general: { }\n",
};

/**
 * Janus' videoroom plugin. Who talks publishes, and everybody subscribes to all other talkers: one connection more per
 * talker than Signet has, none to publish for who does not talk.
 */
export async function startJanus(): Promise<Subject & { version: string }> {
  const dir = mkdtempSync(join(tmpdir(), "signet-janus-"));
  for (const [name, text] of Object.entries(config)) writeFileSync(join(dir, name), text);
  const janus = spawn(janusPath, ["--configs-folder", dir, "--disable-colors"], { stdio: "ignore" });
  const exited = once(janus, "exit");
  const base = `http://127.0.0.1:${port}/janus`;
  const deadline = Date.now() + startTimeoutMs;
  let id: number | undefined;
  while (id === undefined) {
    try {
      id = (await post(base, { janus: "create" })).data?.id;
    } catch (error) {
      if (Date.now() > deadline || janus.exitCode !== null) {
        janus.kill("SIGKILL");
        throw error;
      }
      await delay(100);
    }
  }
  const session = new JanusSession(`${base}/${id}`);
  const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));
  return {
    name: "janus",
    // It prints its version, then complains of the option.
    version: /\(([\d.]+)\)/.exec(spawnSync(janusPath, ["--version"], { encoding: "utf8" }).stdout)?.[1] ?? "",
    async join(load, shape) {
      const talkers: string[] = [];
      for (let call = 0; call < shape.calls; call++) {
        const room = call + 1;
        const control = await session.attach();
        await session.request(control, {
          request: "create",
          room,
          publishers: shape.terminals,
          audiocodec: "opus",
          audiolevel_ext: true,
        });
        for (let i = 0; i < shape.talkers; i++) {
          const peer = `${call}-${i}-publish`;
          const handle = await session.attach();
          const sdp = await load.offer(peer, 0);
          const body = { request: "joinandconfigure", ptype: "publisher", room, id: i + 1 };
          await load.accept(peer, await session.message(handle, body, { type: "offer", sdp }));
          await load.connected(peer);
          talkers.push(peer);
        }
        for (let i = 0; i < shape.terminals; i++) {
          const peer = `${call}-${i}-subscribe`;
          const handle = await session.attach();
          const streams = Array.from({ length: shape.talkers }, (_, talker) => ({ feed: talker + 1 })).filter(
            ({ feed }) => feed !== i + 1,
          );
          const offer = await session.message(handle, {
            request: "join",
            ptype: "subscriber",
            room,
            streams,
          });
          const sdp = await load.answer(peer, offer);
          await session.message(handle, { request: "start", room }, { type: "answer", sdp });
          await load.connected(peer);
        }
      }
      return talkers;
    },
    async usage() {
      const stat = readFileSync(`/proc/${janus.pid}/stat`, "utf8");
      // After the name in brackets: state is field 3, utime and stime are fields 14 and 15 (proc(5)).
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const ticks = Number(fields[11]) + Number(fields[12]);
      const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${janus.pid}/status`, "utf8"))?.[1];
      return { cpuUs: (ticks * 1e6) / ticksPerSecond, residentBytes: Number(resident) * 1024 };
    },
    async close() {
      session.closed = true;
      janus.kill("SIGKILL");
      await exited;
      rmSync(dir, { recursive: true });
    },
  };
}
