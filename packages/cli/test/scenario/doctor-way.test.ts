/** `signet doctor` on sound, the way to the server, its certificate and its clock, each in a real situation. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";

import { writeServerCertificate } from "@signet/e2e/support/server-certificate.ts";

import { checkHealth } from "../../src/checks/network.ts";
import { checkClock } from "../../src/checks/server.ts";
import { whyUnreached } from "../../src/checks/way.ts";
import {
  healthy,
  hello,
  machine,
  notAsked,
  plainHttp,
  programs,
  says,
  serverWith,
  way,
  withoutSound,
} from "../support/doctor.ts";
import { Scene } from "../support/script.ts";
import type { Line } from "../support/script.ts";

const scene = await Scene.open();
const noSound = withoutSound(scene);

test("a clock that is off is told, and fails where signatures would not hold", async () => {
  for (const [offMs, line, code] of [
    [60_000, /^warning {2}clock {9}this clock is (5|6)\d s behind the server's; signatures bear 120 s$/, 0],
    [-300_000, /^failed {3}clock {9}this clock is (29|30)\d s ahead of the server's, and signatures bear/, 5],
  ] as const) {
    const server = await serverWith({ clock: () => Date.now() + offMs });
    await scene.play({
      run: `doctor --profile nobody --server ${server}`,
      env: noSound,
      code,
      out: [
        ...machine,
        ...way,
        plainHttp,
        healthy,
        hello,
        line,
        "         hint:         set the clock of this machine, best by NTP; if it is right, tell the person who runs the server",
        ...says,
        ...notAsked,
        "",
        code === 0
          ? "nothing failed; 3 warnings, 4 skipped"
          : "1 failed, 2 warnings, 4 skipped: mend what failed first, from top to bottom",
      ],
    });
  }
});

test("clocks: the limits on both sides", () => {
  const statusAt = (offMs: number): string => checkClock(offMs).status;
  assert.deepEqual([29_999, -29_999, 30_000, -30_000, 120_000, 120_001, -120_001].map(statusAt), [
    "ok",
    "ok",
    "warning",
    "warning",
    "warning",
    "failed",
    "failed",
  ]);
});

test("why a server is not reached is what its own health says, or that messages do not pass", async (t) => {
  let answer: readonly [status: number, body: string] = [503, ""];
  const server = createServer((_, response) => response.writeHead(answer[0]).end(answer[1])).listen(
    0,
    "127.0.0.1",
  );
  t.after(() => server.close());
  await once(server, "listening");
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  for (const [status, body, why] of [
    [503, '{"status":"starting"}', "the server is starting"],
    [503, '{"status":"cannotWrite"}', "the server cannot write its data"],
    [503, '{"status":"diskFull"}', "the disk of the server is full"],
    [503, '{"status":"tired"}', "the server says that it is not well: tired"],
    [404, "<html>", "something else than signet answers there (HTTP 404)"],
    [200, '{"status":"ok"}', "the connection for messages cannot be made"],
  ] as const) {
    answer = [status, body];
    assert.equal((await whyUnreached(url, Date.now())).message, why);
  }
  const plain = new URL(url.href.replace("http:", "https:"));
  assert.match((await whyUnreached(plain, Date.now())).message, /^port \d+ does not speak TLS/);
});

test("a certificate that nobody knows, one that has expired, one that soon will, and one that holds", async () => {
  const at = async (days: number) => {
    const files = await writeServerCertificate(scene.folder, days);
    return { server: await serverWith(files), ...files };
  };
  const run = (server: string): string => `doctor --profile nobody --server ${server}`;
  const rest: readonly Line[] = [
    "",
    "1 failed, 2 warnings, 9 skipped: mend what failed first, from top to bottom",
  ];

  const fresh = await at(30);
  await scene.play({
    run: run(fresh.server),
    env: noSound,
    code: 3,
    out: [
      ...machine,
      ...way,
      "failed   certificate   the certificate (localhost by localhost) leads to no authority that this machine knows",
      "         hint:         if it is the server's own, put it or its authority into a file and set NODE_EXTRA_CA_CERTS to that file",
      ...rest,
    ],
  });
  const trusting = (path: string) => ({ ...noSound, NODE_EXTRA_CA_CERTS: path });
  const wholeWay = (certificate: Line[], sum: string): readonly Line[] => [
    ...machine,
    ...way,
    ...certificate,
    healthy,
    hello,
    /^ok {7}clock /,
    ...says,
    ...notAsked,
    "",
    sum,
  ];
  await scene.play({
    run: run(fresh.server),
    env: trusting(fresh.tlsCert),
    out: wholeWay(
      ["ok       certificate   localhost by localhost, valid for 30 more days"],
      "nothing failed; 2 warnings, 4 skipped",
    ),
  });
  const old = await at(13);
  await scene.play({
    run: run(old.server),
    env: trusting(old.tlsCert),
    out: wholeWay(
      [
        "warning  certificate   localhost by localhost, valid for 13 more days",
        "         hint:         tell the person who runs the server to renew it",
      ],
      "nothing failed; 3 warnings, 4 skipped",
    ),
  });
  const expired = await at(-2);
  await scene.play({
    run: run(expired.server),
    env: trusting(expired.tlsCert),
    code: 3,
    out: [
      ...machine,
      ...way,
      /^failed {3}certificate {3}the certificate \(localhost by localhost\) expired on /,
      "         hint:         the person who runs the server has to renew it; if it is new, check this machine's clock",
      ...rest,
    ],
  });
  // A command says it as well, and does not say that nobody is there.
  const signIn = scene.start(`sign-in --profile away --user anna --json --server ${expired.server}`, {
    env: trusting(expired.tlsCert),
  });
  const { code: exitCode, err } = await signIn.ended;
  assert.equal(exitCode, 3);
  assert.match(err, /^error: cannot reach https:.*: the certificate \(localhost by localhost\) expired on /);
  assert.equal(signIn.events.at(-1)?.["code"], "connection.certificateExpired");
  const unknown = scene.start(`sign-in --profile away --user anna --json --server ${fresh.server}`, {
    env: noSound,
  });
  assert.equal((await unknown.ended).code, 3);
  assert.equal(unknown.events.at(-1)?.["code"], "connection.certificateUntrusted");

  await scene.play({
    run: run(await serverWith({}).then((address) => address.replace("http:", "https:"))),
    env: noSound,
    code: 3,
    out: [
      ...machine,
      ...way,
      /^failed {3}certificate {3}port \d+ does not speak TLS/,
      "         hint:         check the port; for a server without TLS give http:// instead",
      ...rest,
    ],
  });
});

test("a microphone that is heard, one that is silent, and one that cannot be opened", async () => {
  const recorders = {
    heard: ["exec /bin/cat /dev/urandom", "ok       microphone    arecord records, and hears sound"],
    silent: ["exec /bin/cat /dev/zero", "warning  microphone    arecord records, and hears nothing at all"],
    broken: ["exit 1", "warning  microphone    arecord finds no microphone that it can record from"],
  } as const;
  for (const [name, [script, line]] of Object.entries(recorders)) {
    const command = scene.start("doctor --profile nobody", {
      env: { PATH: programs(scene, name, { arecord: script, aplay: "exit 0" }) },
    });
    const { code, out } = await command.ended;
    assert.equal(code, 0, out);
    assert.ok(out.split("\n").includes(line), out);
    assert.ok(out.includes("ok       speaker       aplay is there"), out);
    assert.match(out, /^ok {7}echo {10}half duplex: the microphone is held back while others are heard;/m);
  }
});

test("a program that records inherits no PIN, no passphrase and no token", async () => {
  await scene.play({
    run: "doctor --profile nobody",
    env: {
      PATH: programs(scene, "curious", { arecord: "export -p >inherited" }),
      SIGNET_PIN: "482913",
      SIGNET_PASSPHRASE: "sesame",
      SIGNET_METRICS_TOKEN: "tomato",
      SIGNET_JSON: "yes",
    },
  });
  const inherited = readFileSync(join(scene.folder, "inherited"), "utf8");
  assert.match(inherited, /SIGNET_JSON/);
  assert.doesNotMatch(inherited, /482913|sesame|tomato/);
});

test("something else than signet, and a proxy that passes no WebSockets", async (t) => {
  let isWell = false;
  const other = createServer((_request, response) => {
    response.writeHead(isWell ? 200 : 404, { "content-type": "application/json" });
    response.end(isWell ? '{"status":"ok"}' : "{}");
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  t.after(() => {
    other.close();
  });
  const address = `http://localhost:${(other.address() as AddressInfo).port}`;
  assert.deepEqual(await checkHealth(new URL(address)), {
    status: "failed",
    message: "something else than signet answers there (HTTP 404)",
    hint: "check the address and the port",
    exitCode: 3,
  });
  isWell = true;
  await scene.play({
    run: `doctor --profile nobody --server ${address}`,
    env: noSound,
    code: 3,
    out: [
      ...machine,
      ...way,
      plainHttp,
      healthy,
      "failed   websocket     the connection for messages cannot be made",
      "         hint:         a proxy before the server has to pass WebSockets on /ws (docs/self-hosting.md)",
      "",
      "1 failed, 2 warnings, 7 skipped: mend what failed first, from top to bottom",
    ],
  });
});
