/**
 * Networks as people have them, made of network namespaces: a page, a terminal at the command line, and a third one whose network is well, to hear
 * and be heard by both. How long nothing was heard is printed.
 *
 * With SIGNET_SEED, as `npm run soak` sets it, what happens in a call happens in an order that the seed draws, and both are frozen for a minute.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, test } from "node:test";

import { sees } from "./support/browser.ts";
import type { ForwarderOptions } from "./support/network/forwarder.ts";
import { nowMs } from "./support/network/heard.ts";
import { whyNoNamespaces } from "./support/network/namespaces.ts";
import type { Host } from "./support/network/network.ts";
import { Trio, silenceWords } from "./support/network/trio.ts";
import { mediaPort, webPort } from "./support/network/world.ts";
import { seededRandom } from "./support/seeded-random.ts";

const skip = whyNoNamespaces() ?? false;
const seed = process.env["SIGNET_SEED"];

let trio: Trio;
before(async () => {
  if (skip === false) trio = await Trio.open();
});
after(() => trio?.close());

test("UDP is blocked from the start: all is heard, over the relay", { skip }, async (t) => {
  for (const host of trio.hosts) host.rules({ udp: "drop" });
  t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
  await trio.bobby.command.event("way", ({ by }) => by === "relayTls");
  for (const host of trio.hosts) host.rules({});
  await trio.endForAll();
});

interface Happening {
  readonly title: string;
  readonly soakOnly?: true;
  /** What the page says meanwhile. */
  readonly shows?: RegExp;
  /** @returns when the network was well again, if it was */
  act(hosts: readonly Host[]): Promise<number | void>;
  readonly undo?: (host: Host) => void;
}

const each =
  (act: (host: Host) => void) =>
  (hosts: readonly Host[]): Promise<void> => {
    for (const host of hosts) act(host);
    return Promise.resolve();
  };

const forSome =
  (seconds: number, begin: (host: Host) => void, end: (host: Host) => void) =>
  async (hosts: readonly Host[]): Promise<number> => {
    await each(begin)(hosts);
    await delay(seconds * 1_000);
    await each(end)(hosts);
    return nowMs();
  };

const wellAgain = (host: Host): void => host.rules({});

const loses = (percent: number): Pick<Happening, "act" | "undo"> => ({
  act: each((host) => host.rules({ lossPercent: percent })),
  undo: wellAgain,
});

const happenings: readonly Happening[] = [
  // Nothing more is seen of few than of many: they are looked at where there is time.
  { title: "1 % of the packets is lost", soakOnly: true, ...loses(1) },
  { title: "5 % of the packets are lost", soakOnly: true, ...loses(5) },
  { title: "10 % of the packets are lost", soakOnly: true, ...loses(10) },
  { title: "30 % of the packets are lost", ...loses(30) },
  {
    title: "the link is down for 4 s",
    act: forSome(
      4,
      (host) => host.linkDown(),
      (host) => host.linkUp(),
    ),
  },
  {
    title: "the addresses go, and others come",
    // At the page, to which nobody says it.
    shows: /the network of this machine changed/i,
    act: each((host) => {
      host.removeAddresses();
      host.addOtherAddresses();
    }),
  },
  {
    title: "nothing passes for a minute",
    act: forSome(60, (host) => host.rules({ all: "drop" }), wellAgain),
  },
  {
    title: "both are frozen for 60 s",
    // A minute in which nothing more is seen than where they are frozen for some seconds, as in the tests of chaos and of lids.
    soakOnly: true,
    act: forSome(
      60,
      (host) => host.freeze(),
      (host) => host.thaw(),
    ),
  },
  { title: "UDP is blocked", act: each((host) => host.rules({ udp: "drop" })), undo: wellAgain },
];

function drawn(seed: string): readonly Happening[] {
  const random = seededRandom(Number(seed));
  return happenings
    .map((happening) => ({ happening, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ happening }) => happening);
}

const inOrder = seed === undefined ? happenings.filter(({ soakOnly }) => soakOnly !== true) : drawn(seed);

test("a call on networks that are well", { skip }, async (t) => {
  t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
});

for (const { act, shows, title, undo } of inOrder) {
  test(`in the call ${title}: all are heard again`, { skip }, async (t) => {
    const sinceMs = nowMs();
    const { page } = trio.alice.guest;
    const shown = shows === undefined ? undefined : page.getByText(shows).first().waitFor();
    const fromMs = await act(trio.hosts);
    await shown;
    t.diagnostic(
      silenceWords(await trio.hearEachOther(sinceMs, typeof fromMs === "number" ? { fromMs } : {})),
    );
    if (undo !== undefined) for (const host of trio.hosts) undo(host);
    await sees(trio.alice.guest, "bobby", /in the call/i);
  });
}

test("each line passes 100 kbit/s at most: all are heard, and go on to be", { skip }, async (t) => {
  for (const host of trio.hosts) host.limit(100_000);
  t.diagnostic(silenceWords(await trio.hearEachOther(nowMs())));
  // Whose words do not come is cut within seconds.
  await delay(15_000);
  t.diagnostic(silenceWords(await trio.hearEachOther(nowMs(), { limitMs: 60_000 })));
  for (const host of trio.hosts) host.limit(undefined);
  // A connection to the server that broke meanwhile is noticed, and made anew: without one nobody ends a call.
  await delay(15_000);
  await trio.alice.guest.page.getByText("Connecting to the server").waitFor({ state: "detached" });
  await trio.endForAll();
});

test("all that passes is 300 ms late, some of it behind what was sent later", { skip }, async (t) => {
  const { network, server } = trio.world;
  const late = network.router.host("late");
  await forward(late, {
    to: server.addresses.ipv4 ?? "",
    tcp: webPort,
    udp: mediaPort,
    delayMs: 300,
    jitterMs: 30,
  });
  for (const host of trio.hosts) host.rules({ detour: [server.addresses, late.addresses] });
  // What is under way would not be late.
  await trio.afterRestart(() => trio.world.restart());
  t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
});

/** The forwarder ends with its host. */
async function forward(host: Host, options: ForwarderOptions): Promise<void> {
  const program = join(import.meta.dirname, "support/network/forwarder.ts");
  const [command, ...args] = [...host.through, process.execPath, program, JSON.stringify(options)] as const;
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
}
