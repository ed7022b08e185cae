import { chmodSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { Socket } from "node:net";
import { controlVersion, encodeLine, LineDecoder } from "../control/wire.ts";
import type { ChildConfig, FromChild, ToChild } from "../control/wire.ts";
import { MediaRefusal } from "../refusal.ts";
import { Call } from "./call.ts";

/*
 * A media process. It outlives the server that started it, so that the audio of running calls goes on when the server
 * is killed; the next server finds it by its control socket. Without a server for `orphanTimeoutMs` it exits.
 *
 *     start --> waiting (orphan timer) --server connects--> controlled --connection lost--> waiting
 *                  |--timer--> exit                            |--exit message--> exit
 */

const config = JSON.parse(process.argv[2] ?? "") as ChildConfig;
const calls = new Map<string, Call>();
let active: { index: number; udpPort?: number } | undefined;
let parent: Socket | undefined;
let orphanTimer: NodeJS.Timeout | undefined;

/** Between two looks at who fell quiet. */
const lookEveryMs = 250;

function send(message: FromChild): void {
  parent?.write(encodeLine(message));
}

function waitForServer(): void {
  clearTimeout(orphanTimer);
  orphanTimer = setTimeout(() => process.exit(0), config.orphanTimeoutMs);
}

function callFor(callId: string): Call {
  let call = calls.get(callId);
  if (call === undefined) {
    const { slots, listenAddress, portRange, announcedAddresses, ipv6 } = config;
    call = new Call(
      { slots, listenAddress, portRange, announcedAddresses, ipv6, udpPort: active?.udpPort },
      (notice) => send({ ...notice, callId }),
    );
    calls.set(callId, call);
  }
  return call;
}

function forgetWhenEmpty(callId: string): void {
  if (calls.get(callId)?.terminalIds.length === 0) calls.delete(callId);
}

async function join(message: Extract<ToChild, { type: "join" }>): Promise<void> {
  const { request, callId, terminalId, offerSdp } = message;
  try {
    send({ type: "answer", request, ...(await callFor(callId).join(terminalId, offerSdp)) });
  } catch (error) {
    const code = error instanceof MediaRefusal ? error.code : "media.unavailable";
    send({ type: "refused", request, code, reason: error instanceof Error ? error.message : "" });
    forgetWhenEmpty(callId);
  }
}

function receive(message: ToChild): void {
  switch (message.type) {
    case "activate":
      active = {
        index: message.index,
        ...(message.udpPort === undefined ? {} : { udpPort: message.udpPort }),
      };
      break;
    case "join":
      void join(message);
      break;
    case "leave":
      if (calls.get(message.callId)?.leave(message.terminalId, message.successorId) === 0)
        calls.delete(message.callId);
      break;
    case "endCall":
      calls.get(message.callId)?.close();
      calls.delete(message.callId);
      break;
    case "stats": {
      const { user, system } = process.cpuUsage();
      const residentBytes = process.memoryUsage.rss();
      send({
        type: "stats",
        request: message.request,
        cpuUs: user + system,
        residentBytes,
        calls: [...calls].map(([callId, call]) => call.stats(callId)),
      });
      break;
    }
    case "flow": {
      const { request, callId, terminalId } = message;
      send({ type: "flow", request, flow: calls.get(callId)?.flow(terminalId) ?? { connected: false } });
      break;
    }
    case "exit":
      // Without the library's cleanup, which crashes at times; the system frees everything.
      process.exit(0);
  }
}

const server = createServer((socket) => {
  socket.setEncoding("utf8");
  socket.on("error", () => socket.destroy());
  if (parent !== undefined) {
    socket.end(encodeLine({ type: "busy" }));
    return;
  }
  parent = socket;
  clearTimeout(orphanTimer);
  const decoder = new LineDecoder<ToChild>();
  socket.on("data", (chunk: string) => decoder.push(chunk).forEach(receive));
  socket.on("close", () => {
    parent = undefined;
    waitForServer();
  });
  send({
    type: "hello",
    version: controlVersion,
    pid: process.pid,
    config,
    ...(active === undefined ? {} : { active }),
    calls: [...calls].map(([callId, call]) => ({ callId, terminalIds: call.terminalIds })),
  });
});

process.on("exit", () => rmSync(config.socketPath, { force: true }));
process.on("SIGTERM", () => process.exit(0));
// A broken terminal or pipe of the dead server must not end the calls.
process.on("SIGHUP", () => undefined);
process.umask(0o077);
server.on("error", () => process.exit(1));
server.listen(config.socketPath, () => chmodSync(config.socketPath, 0o600));
setInterval(() => {
  for (const call of calls.values()) call.look(performance.now());
}, lookEveryMs);
waitForServer();
