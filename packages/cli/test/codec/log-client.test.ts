/** What comes over HTTP is bounded, of the kind that it should be, and from where it was asked: else nothing came. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import { LogClient, Unreached } from "../../src/monitor/log-client.ts";

async function clientOf(
  t: TestContext,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<LogClient> {
  const http = createServer(answer);
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return new LogClient(
    `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    new AbortController().signal,
  );
}

const place = { level: 0, index: 0, width: 3 } as const;
const octets = "application/octet-stream";

test("a tile comes as it is, or with the status that says why not", async (t) => {
  const client = await clientOf(t, ({ url }, response) => {
    if (url === "/log/tile/0/000.p/3") response.writeHead(200, { "content-type": octets }).end("abc");
    else if (url?.startsWith("/log/tile/entries/") === true) response.writeHead(403).end("no");
    else response.writeHead(404).end();
  });
  assert.deepEqual(await client.tile(place), new Uint8Array(Buffer.from("abc")));
  assert.equal(await client.tile({ ...place, level: "entries" }), 403);
  assert.equal(await client.tile({ ...place, level: 1 }), 404);
  assert.equal(await client.checkpoint(), undefined);
  assert.equal(await client.named(), undefined);
});

test("no redirect is followed", async (t) => {
  const client = await clientOf(t, ({ url }, response) => {
    if (url === "/elsewhere") response.writeHead(200, { "content-type": octets }).end("abc");
    else response.writeHead(302, { location: "/elsewhere" }).end();
  });
  await assert.rejects(client.tile(place), Unreached);
});

test("what is of another kind is nothing of the log's, whatever it says", async (t) => {
  const client = await clientOf(t, (_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("abc");
  });
  await assert.rejects(client.tile(place), Unreached);
  await assert.rejects(client.checkpoint(), Unreached);
  await assert.rejects(client.named(), Unreached);
});

test("more than a tile can have is not read to its end", async (t) => {
  let sent = 0;
  const client = await clientOf(t, (_, response) => {
    response.writeHead(200, { "content-type": octets });
    const part = Buffer.alloc(65_536);
    const more = (): void => {
      if (response.destroyed) return;
      sent += part.length;
      response.write(part, () => setImmediate(more));
    };
    more();
  });
  await assert.rejects(client.tile(place), Unreached);
  assert.ok(sent < 64 * 1024 * 1024);
});

test("a log that cannot be one is none", async (t) => {
  for (const named of ["{", "null", "[]", '{"url":"x"}', '{"url":"x","verifierKey":"x+y+z"}']) {
    const client = await clientOf(t, (_, response) => {
      response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(named);
    });
    await assert.rejects(client.named(), Unreached, named);
  }
});
