/** Whoever closes everything may expect the process to end: no thread of a library may keep it. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { test } from "node:test";

const room = dirname(dirname(import.meta.dirname));

const scripts = {
  "a media connection that was closed": `
    import { MediaPeer } from "@signet/media/peer";
    const peer = new MediaPeer({ slots: 8, address: "127.0.0.1", onRtp() {} });
    await peer.offer();
    peer.close();
    console.log("closed");`,
  "a terminal that was closed before it reached its server": `
    import { createSoftwareKey } from "@signet/device";
    import { createNodeTerminal, nodeMedia, toneSource } from "./src/node/index.ts";
    const device = await createSoftwareKey({ algorithm: "ES256" });
    const media = nodeMedia({ source: () => toneSource(440) });
    const terminal = await createNodeTerminal({ server: "http://127.0.0.1:9", device, media });
    terminal.close();
    console.log("closed");`,
};

for (const [name, script] of Object.entries(scripts)) {
  test(`the process of ${name} ends by itself`, async () => {
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      cwd: room,
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output, [code, signal]] = await Promise.all([child.stdout.toArray(), once(child, "exit")]);
    assert.equal(Buffer.concat(output as Buffer[]).toString(), "closed\n");
    assert.deepEqual([code, signal], [0, null]);
  });
}
