/**
 * Networks whose addresses are translated, on both sides, made of network namespaces: all hear each other. Where the address that the server announces leads
 * nowhere, that is shown to who calls, and the doctor finds it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";

import { call } from "./support/browser.ts";
import { nowMs } from "./support/network/heard.ts";
import { whyNoNamespaces } from "./support/network/namespaces.ts";
import type { Router } from "./support/network/network.ts";
import { Trio, silenceWords } from "./support/network/trio.ts";
import { mediaPort, tellOfServer, webPort } from "./support/network/world.ts";

const skip = whyNoNamespaces() ?? false;

/** The server has a private address, and so has everybody: carol behind the same router, the others each behind one of their own. */
test("whose addresses are translated, on both sides, hear each other", { skip }, async (t) => {
  let atServer: Router | undefined;
  const passedOn = { tcp: webPort, udp: mediaPort } as const;
  const trio = await Trio.open({
    place: ({ router }) => {
      atServer = router.translator("server-nat");
      const host = atServer.host("server");
      atServer.passOn({ host, hairpin: true, ...passedOn });
      return { host, serve: ["--media-announce", atServer.publicAddress] };
    },
    placeOf: (userId, { network }) => {
      const router = userId === "carol" ? atServer! : network.router.translator(`${userId}-nat`);
      return [router.host(userId), { ipv4: atServer!.publicAddress }];
    },
  });
  t.after(() => trio.close());
  const { alice, bobby, carol, world } = trio;
  const announced = ["--media-announce", atServer!.publicAddress];
  t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
  await trio.endForAll();

  await t.test("also where the router sends nothing back that comes from behind it", async (t) => {
    atServer!.passOn({ host: world.server, hairpin: false, ...passedOn });
    tellOfServer(carol.host, world.server.addresses);
    await trio.afterRestart(() => world.restart(announced));
    t.diagnostic(silenceWords(await trio.hearEachOther(await trio.call())));
    await trio.endForAll();
  });

  await t.test(
    "an announced address that leads nowhere is shown to who calls, and found by the doctor",
    async (t) => {
      await trio.afterRestart(() => world.restart(["--media-announce", "198.51.100.7", "--relay", "no"]));
      const calledMs = nowMs();
      await call(alice.guest, ["bobby", "carol"]);
      const region = alice.guest.page.getByRole("region", { name: "Call", exact: true });
      const told = [
        region.getByText("Sound does not get through to the server").waitFor(),
        bobby.command.event("media", ({ code }) => code === "media.connectionFailed"),
      ];
      const afterMs = await Promise.all(told.map((it) => it.then(() => Math.round(nowMs() - calledMs))));
      t.diagnostic(`told the page and the command line ${afterMs.join(" and ")} ms after the call began`);
      await world.run("dora", bobby.host, ["register", "--display-name", "DORA"]);
      const { code, out } = await world.run("dora", bobby.host, ["doctor"]);
      assert.notEqual(code, 0);
      assert.match(out, /audio does not connect over UDP: tried .*198\.51\.100\.7:40000/);
      assert.match(out, /--media-announce/);
    },
  );
});
