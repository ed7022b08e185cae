/** Processes are killed in a call: the server first, then the one that forwards the audio. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import type { Browser } from "playwright-core";

import {
  answer,
  call,
  details,
  hearEachOther,
  hearsOnly,
  launchBrowser,
  leave,
  registerGuest,
  sees,
  signIn,
  signedIn,
  together,
} from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import type { ListeningPage } from "./support/listening.ts";
import { ServedSignet, processAtUdpPort } from "./support/served.ts";
import { eventually } from "./support/wait.ts";

let served: ServedSignet;
let browser: Browser;
let alice: Guest;
let bobby: Guest;
let carol: Guest;
const voices = [440, 660, 880];

before(async () => {
  served = await ServedSignet.start();
  browser = await launchBrowser();
  alice = await registerGuest(served.origin, "alice", { hertz: 440, browser });
  bobby = await registerGuest(served.origin, "bobby", { hertz: 660, browser });
  // Not signed in when it rings; comes later.
  carol = await registerGuest(served.origin, "carol", { hertz: 880, browser });
  await carol.page.getByRole("button", { name: "Sign out" }).click();
  await carol.page.getByRole("button", { name: "Sign in" }).waitFor();
  await call(alice, ["bobby", "carol"]);
  await answer(bobby);
  await together([alice, bobby]);
  await sees(alice, "carol", "offline");
});
after(async () => {
  await browser.close();
  await served.stop();
});

const offline = ({ page }: Guest) => page.getByRole("alert").filter({ hasText: "No connection" });

test("the server is killed: audio goes on without it, and when it is back so are its terminals", async () => {
  await hearEachOther([alice, bobby], [440, 660]);
  const before = await totals(alice);
  await served.kill();
  for (const guest of [alice, bobby]) await offline(guest).waitFor();
  // Heard while no server runs; new packets, on the connections that there were.
  await eventually("packets without a server", async () =>
    (await totals(alice)).packets > before.packets + 100 ? true : undefined,
  );
  await hearEachOther([alice, bobby], [440, 660]);
  assert.equal((await totals(alice)).connections, before.connections);
  await served.start();
  for (const guest of [alice, bobby]) await offline(guest).waitFor({ state: "detached" });
  await hearEachOther([alice, bobby], [440, 660]);
});

test("after the restart somebody who was invited joins the call that went on", async () => {
  const { epoch } = await details(alice);
  await carol.page.reload();
  await signIn(carol);
  await signedIn(carol);
  await carol.page
    .getByRole("region", { name: "Going on without you" })
    .getByRole("button", { name: "Join" })
    .click();
  await together([alice, bobby, carol]);
  await hearEachOther([alice, bobby, carol], voices);
  assert.ok((await details(alice)).epoch > epoch);
  assert.deepEqual(await details(bobby), await details(carol));
});

test("the media process is killed: the audio is back by itself", async (context) => {
  const guests = [alice, bobby, carol];
  const before = await Promise.all(guests.map(totals));
  const killedAtMs = Date.now();
  process.kill(processAtUdpPort(before[0]!.remotePort), "SIGKILL");
  const backAtMs = await Promise.all(
    guests.map((guest, i) => audioOnNewConnection(guest, before[i]!.connections)),
  );
  context.diagnostic(
    `audio was back ${backAtMs.map((atMs) => atMs - killedAtMs).join(", ")} ms after the kill`,
  );
  await hearEachOther(guests, voices);
});

test("and leaving still changes the key for the others", async () => {
  const before = await details(alice);
  await leave(carol);
  await sees(alice, "carol", "left");
  await eventually("a new safety code", async () =>
    (await details(alice)).safetyCode === before.safetyCode ? undefined : true,
  );
  await eventually("the same at bobby", async () =>
    (await details(bobby)).safetyCode === (await details(alice)).safetyCode ? true : undefined,
  );
  await hearsOnly(alice, voices, [660]);
});

interface Totals {
  readonly packets: number;
  readonly connections: number;
  /** UDP port of the SFU. */
  readonly remotePort: number;
}

function totals({ page }: Guest): Promise<Totals> {
  return page.evaluate(async () => {
    const { peers } = (globalThis as unknown as { signetTest: ListeningPage }).signetTest;
    const stats = (await peers.at(-1)!.getStats()) as unknown as Map<string, Record<string, unknown>>;
    const entries = [...stats.values()];
    const packets = entries.reduce(
      (sum, entry) => sum + (entry["type"] === "inbound-rtp" ? Number(entry["packetsReceived"]) : 0),
      0,
    );
    const transport = entries.find(({ type }) => type === "transport");
    const pair = stats.get(String(transport?.["selectedCandidatePairId"]));
    return {
      packets,
      connections: peers.length,
      remotePort: Number(stats.get(String(pair?.["remoteCandidateId"]))?.["port"]),
    };
  });
}

/** @returns when audio was first decoded on a connection beyond the first `known`; ms since 1970 */
function audioOnNewConnection({ page }: Guest, known: number): Promise<number> {
  return page.evaluate(async (known) => {
    const { peers } = (globalThis as unknown as { signetTest: ListeningPage }).signetTest;
    for (;;) {
      const peer = peers.at(-1)!;
      if (peers.length > known && peer.connectionState === "connected") {
        for (const entry of (
          (await peer.getStats()) as unknown as Map<string, Record<string, unknown>>
        ).values()) {
          if (entry["type"] === "inbound-rtp" && Number(entry["totalAudioEnergy"]) > 0) return Date.now();
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }, known);
}
