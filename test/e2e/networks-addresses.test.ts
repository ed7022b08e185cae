/** Networks with IPv6 alone, IPv4 alone and both, made of network namespaces: who reaches the server hears and is heard there, by UDP or over the relay. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { whyNoNamespaces } from "./support/network/namespaces.ts";
import type { Families } from "./support/network/network.ts";
import { Trio, silenceWords } from "./support/network/trio.ts";

const isShort = process.env["SIGNET_SEED"] === undefined;
const skip = isShort ? "npm run soak tries it" : (whyNoNamespaces() ?? false);

/** The server and those who call go to other addresses, and come together again. */
async function becomes(
  trio: Trio,
  families: Readonly<Record<"server" | "alice" | "bobby" | "carol", Families>>,
): Promise<void> {
  const { alice, bobby, carol, world } = trio;
  await trio.afterRestart(async () => {
    await world.served.kill();
    world.server.changeFamilies(families.server);
    for (const { host, userId } of [alice, bobby, carol])
      host.changeFamilies(families[userId as "alice" | "bobby" | "carol"]);
    await world.served.start();
  });
}

test("IPv6 alone, IPv4 alone and both call each other by a server that has both", { skip }, async (t) => {
  const trio = await Trio.open();
  t.after(() => trio.close());
  const { alice, bobby, carol, world } = trio;
  await becomes(trio, { server: "both", alice: "ipv6", bobby: "ipv4", carol: "both" });
  t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
  await trio.endForAll();

  await t.test("over the relay, too", async (t) => {
    for (const host of trio.hosts) host.rules({ udp: "drop" });
    t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
    for (const host of trio.hosts) host.rules({});
    await trio.endForAll();
  });

  await t.test("a server and terminals with IPv6 alone, two of them over the relay", async (t) => {
    await becomes(trio, { server: "ipv6", alice: "ipv6", bobby: "ipv6", carol: "ipv6" });
    assert.equal(world.server.addresses.ipv4, undefined);
    for (const host of trio.hosts) host.rules({ udp: "drop" });
    t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
    for (const { command } of [bobby, carol])
      await command.event("way", ({ by }) => by === (command === bobby.command ? "relayTls" : "udp"));
    for (const host of trio.hosts) host.rules({});
    await trio.endForAll();
  });

  await t.test("a server and terminals with IPv4 alone", async (t) => {
    await becomes(trio, { server: "ipv4", alice: "ipv4", bobby: "ipv4", carol: "ipv4" });
    t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
    await trio.endForAll();
    assert.deepEqual(
      alice.guest.consoleErrors.filter((text) => !/WebSocket|ERR_/.test(text)),
      [],
    );
  });
});
