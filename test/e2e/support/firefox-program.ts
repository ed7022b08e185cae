/**
 * Started in place of Firefox: starts it, and stands between it and Playwright, which always sends it a command that Firefox ESR does not know.
 * The first argument is the program of Firefox, the others are for it.
 */
import { spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";

import { WebSocket, WebSocketServer } from "ws";

/** `prefers-color-scheme`: a preference of Firefox does it as well. To be given up with a Firefox ESR that knows it. */
const unknownToFirefox = "emulation.setMediaFeaturesOverride";

const [program = "", ...args] = process.argv.slice(2);
const firefox = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
firefox.once("exit", (code) => process.exit(code ?? 1));
firefox.once("error", (error) => {
  console.error(error.message);
  process.exit(1);
});
// Firefox goes on without whoever drives it: a test that is killed would leave it behind.
const startedBy = process.ppid;
setInterval(() => {
  if (process.ppid === startedBy) return;
  firefox.kill("SIGKILL");
  process.exit(1);
}, 1_000);

createInterface({ input: firefox.stderr }).on("line", (line) => {
  const [, address] = /^WebDriver BiDi listening on (ws:\/\/\S+)/.exec(line) ?? [];
  if (address === undefined) {
    console.error(line);
    return;
  }
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  server.on("listening", () =>
    // What Playwright waits for.
    console.error(`WebDriver BiDi listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}`),
  );
  server.on("connection", (client) => connect(client, new WebSocket(`${address}/session`)));
});

function connect(client: WebSocket, browser: WebSocket): void {
  const waiting: string[] = [];
  client.on("message", (data: Buffer) => {
    const text = data.toString();
    const { id, method } = JSON.parse(text) as { readonly id: number; readonly method: string };
    if (method === unknownToFirefox) client.send(JSON.stringify({ type: "success", id, result: {} }));
    else if (browser.readyState === WebSocket.OPEN) browser.send(text);
    else waiting.push(text);
  });
  browser.on("open", () => {
    for (const text of waiting) browser.send(text);
  });
  browser.on("message", (data: Buffer) => client.send(data.toString()));
  browser.on("close", () => client.close());
  browser.on("error", () => client.close());
  client.on("close", () => browser.close());
  client.on("error", () => browser.close());
}
