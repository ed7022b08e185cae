/** A media connection without a call, by which a terminal learns whether its UDP gets through. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { TestContext } from "node:test";
import { setTimeout as delay } from "node:timers/promises";

import { startMedia } from "@signet/media";
import { MediaPeer } from "@signet/media/peer";

import { defaultLimits } from "../../src/limits.ts";
import { MediaProbes } from "../../src/media/media-probes.ts";
import type { Endpoint } from "../../src/registry/endpoint.ts";
import type { Session } from "../../src/registry/sessions.ts";
import { callOfTwo, people } from "../support/group.ts";
import { atEnd, startTestServer, tempDir } from "../support/test-server.ts";
import type { TestServer } from "../support/test-server.ts";
import { newTerminalId, TestTerminal, user } from "../support/test-terminal.ts";

const slots = 8;

function newPeer(t: TestContext, offered = slots): MediaPeer {
  const peer = new MediaPeer({ slots: offered, address: "127.0.0.1" });
  t.after(() => peer.close());
  return peer;
}

const newOffer = (t: TestContext, offered?: number): Promise<string> => newPeer(t, offered).offer();

/** @returns the terminal's end of a probe that is open and connected */
async function probe(t: TestContext, terminal: TestTerminal): Promise<MediaPeer> {
  const peer = newPeer(t);
  const { sdp } = await terminal.request("media.probe", { sdp: await peer.offer() });
  await peer.accept(sdp);
  return peer;
}

/** Until this terminal may have a probe again; the runner's own limit ends a wait in vain. */
async function probedAgain(t: TestContext, terminal: TestTerminal): Promise<void> {
  for (;;) {
    const answer = await terminal.ask("media.probe", { sdp: await newOffer(t) });
    if (answer.kind === "reply") return;
    assert.equal(answer.kind === "error" && answer.code, "media.tooManyProbes");
    await delay(20);
  }
}

async function metric(server: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)$`, "m").exec(text)?.[1]);
}

const server = await startTestServer({ after }, { limits: { probesPerMinute: 10_000, probeMs: 3_600_000 } });
const [alice, bob, carol] = await people(server, "alice", "bob", "carol");

test("a probe connects, ends when the terminal says so, and is no call", async (t) => {
  const peer = await probe(t, alice);
  assert.equal(await metric(server, "signet_calls"), 0);
  assert.equal(await metric(server, "signet_calls_started_total"), 0);
  assert.equal(await alice.refusal("media.probe", { sdp: await newOffer(t) }), "media.tooManyProbes");
  peer.close();
  await alice.request("media.probeEnd", {});
  await alice.request("media.probe", { sdp: await newOffer(t) });
  await alice.request("media.probeEnd", {});
  await alice.request("media.probeEnd", {});
  assert.doesNotMatch(server.log(), /"msg":"call |candidate|ice-pwd/);
});

test("a probe is for signed-in terminals that are in no call, with a proper offer", async (t) => {
  const stranger = await TestTerminal.connect(server);
  t.after(() => stranger.close());
  const sdp = await newOffer(t);
  assert.equal(await stranger.refusal("media.probe", { sdp }), "auth.signInRequired");
  assert.equal(await carol.refusal("media.probe", { sdp: "v=0\r\n" }), "media.badOffer");
  assert.equal(
    await carol.refusal("media.probe", { sdp: await newOffer(t, slots + 1) }),
    "media.tooManySlots",
  );
  const callId = await callOfTwo(bob, carol);
  assert.equal(await carol.refusal("media.probe", { sdp }), "call.inCall");
  await bob.request("call.end", { proof: await bob.statement("end", callId, "ended") });
  await carol.event("call.ended");
  // None of those that were refused is still open.
  await carol.request("media.probe", { sdp });
});

test("a probe ends with the socket and with the binding of its terminal", { timeout: 60_000 }, async (t) => {
  // Nothing ends here by its time.
  const limits = { probesPerMinute: 10_000, probes: 1, probeMs: 3_600_000 };
  const other = await startTestServer(t, { limits });
  const [dora, emil] = await people(other, "dora", "emil");
  await probe(t, dora);
  assert.equal(await emil.refusal("media.probe", { sdp: await newOffer(t) }), "media.tooManyProbes");
  await dora.close();
  await probedAgain(t, emil);
  await dora.reconnect();
  await dora.resume();
  assert.equal(await dora.refusal("media.probe", { sdp: await newOffer(t) }), "media.tooManyProbes");
  await emil.request("binding.release", { proof: await emil.releaseProof() });
  await probedAgain(t, dora);
});

/** Probes over a real engine, at a time that the test sets. */
async function probesOf(t: TestContext) {
  const media = await startMedia({ runtimeDir: tempDir(t), children: 1, listenAddress: "127.0.0.1" });
  atEnd(t, () => media.close());
  let nowMs = 1_000_000;
  const { probeMs } = defaultLimits;
  const limits = { probes: 2, probesPerMinute: 3, probeMs };
  const probes = new MediaProbes({ media, clock: () => nowMs, limits });
  media.on((event) => probes.onMediaEvent(event));
  const terminal = (name: string): { readonly session: Session; readonly endpoint: Endpoint } => {
    const endpoint = {} as Endpoint;
    const stored = { userId: user(name), terminalId: newTerminalId() };
    return { session: { stored, endpoint } as Session, endpoint };
  };
  return {
    media,
    probes,
    terminal,
    pass: (ms: number) => probes.tick((nowMs += ms)),
    begin: async ({ session, endpoint }: ReturnType<typeof terminal>) => {
      const answer = await probes.begin(session, endpoint, await newOffer(t));
      return answer.ok ? "begun" : answer.code;
    },
  };
}

test("a probe ends after its time, not before", async (t) => {
  const { begin, media, pass, probes, terminal } = await probesOf(t);
  assert.equal(await begin(terminal("alice")), "begun");
  assert.equal(media.calls().length, 1);
  pass(defaultLimits.probeMs - 1);
  assert.equal(probes.size, 1);
  pass(1);
  assert.equal(probes.size, 0);
  assert.deepEqual(media.calls(), []);
});

test("probes are bounded at once, and for each person within a minute", async (t) => {
  const { begin, pass, probes, terminal } = await probesOf(t);
  const [one, two, three] = [terminal("alice"), terminal("bob"), terminal("carol")];
  assert.equal(await begin(one), "begun");
  assert.equal(await begin(one), "media.tooManyProbes");
  assert.equal(await begin(two), "begun");
  assert.equal(await begin(three), "media.tooManyProbes");
  probes.end(two.endpoint);
  assert.equal(await begin(three), "begun");

  for (const answer of ["begun", "begun", "media.tooManyProbes"]) {
    probes.end(one.endpoint);
    assert.equal(await begin(one), answer);
  }
  // At three a minute one more is earned in 20 s.
  pass(19_000);
  assert.equal(await begin(one), "media.tooManyProbes");
  pass(1_100);
  assert.equal(await begin(one), "begun");
});

test("a media process that dies takes its probes along, and only them", { timeout: 60_000 }, async (t) => {
  const { begin, media, probes, terminal } = await probesOf(t);
  assert.equal(await begin(terminal("alice")), "begun");
  const restarted = new Promise<void>((resolve) => {
    media.on(({ type }) => type === "restarted" && resolve());
  });
  const { children } = await media.stats();
  process.kill(children.find(({ spare }) => !spare)?.pid ?? assert.fail(), "SIGKILL");
  await restarted;
  assert.equal(probes.size, 0);
});
