/**
 * Whose UDP does not reach the server talks over its relay, on the port of the page: a browser that may send no UDP, and a terminal at an address from which
 * nothing goes to the SFU's; beside them one whose UDP gets through. Without the relay both are told why nothing is heard.
 */
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";

import type { RunningServer } from "@signet/server";
import type { TerminalState } from "@signet/terminal";
import { nodeMedia, toneSource } from "@signet/terminal/node";

import { call, hearsOnly, registerGuest, sees, withoutUdpAtAll } from "./support/browser.ts";
import type { Guest } from "./support/browser.ts";
import { Ear } from "./support/ear.ts";
import { registerHeadless } from "./support/headless.ts";
import { answer as answerHeadless } from "./support/scene.ts";
import { startTestServer } from "./support/server.ts";

const voices = [440, 660, 880];
const closing: (() => unknown)[] = [];
after(async () => {
  for (const close of closing.toReversed()) await close();
});

async function serve(relay: "web" | "off"): Promise<RunningServer> {
  const server = await startTestServer({ relay });
  closing.push(() => server.close());
  return server;
}

async function openPage(server: RunningServer, userId: string): Promise<Guest> {
  const guest = await registerGuest(server.origin, userId, {
    hertz: 440,
    ...withoutUdpAtAll,
  });
  closing.push(() => guest.close());
  return guest;
}

/** The SFU listens on 127.0.0.1 alone, to which nothing goes from `::1`. */
async function openTerminal(server: RunningServer, userId: string, hertz: number, localAddress: string) {
  const ear = new Ear();
  const media = nodeMedia({ source: () => toneSource(hertz), sink: () => ear, localAddress });
  const headless = await registerHeadless(server.origin, userId, { environment: { media } });
  closing.push(() => headless.terminal.close());
  return { headless, ear };
}

// At once, since the second one waits for most of its time until a browser gives up.
describe("without UDP", { concurrency: true }, () => {
  test("a page and a terminal without UDP, and one with it, hear each other", async () => {
    const server = await serve("web");
    const alice = await openPage(server, "alice");
    const bobby = await openTerminal(server, "bobby", 660, "::1");
    const cleo = await openTerminal(server, "cleo", 880, "127.0.0.1");
    await call(alice, ["bobby", "cleo"]);
    await answerHeadless(bobby.headless);
    await answerHeadless(cleo.headless);
    await sees(alice, "bobby", /in the call/i);
    await sees(alice, "cleo", /in the call/i);
    await hearsOnly(alice, voices, [660, 880]);
    await bobby.ear.hearsOnly(voices, [440, 880]);
    await cleo.ear.hearsOnly(voices, [440, 660]);
    const goesBy = (by: string) => (state: TerminalState) =>
      state.call?.media.status === "connected" &&
      state.call.media.way?.by === by &&
      state.call.media.way.roundTripMs !== undefined;
    await bobby.headless.until(goesBy("relayTcp"), "over the relay");
    await cleo.headless.until(goesBy("udp"), "by UDP");
    await alice.page.getByRole("button", { name: "Call details" }).click();
    await alice.page.getByText(/It goes over a relay, by TCP: round trip \d+ ms, \d+ % lost/).waitFor();
    await alice.page.getByText(/^UDP does not get through here/).waitFor();
    assert.deepEqual(alice.consoleErrors, []);
  });

  test("without a relay both are told that nothing gets through", async () => {
    const server = await serve("off");
    const dora = await openPage(server, "dora");
    const emil = await openTerminal(server, "emil", 660, "::1");
    await call(dora, ["emil"]);
    await answerHeadless(emil.headless);
    const region = dora.page.getByRole("region", { name: "Call", exact: true });
    await region.getByText("Sound does not get through to the server").waitFor();
    await emil.headless.until(
      ({ call: now }) => now?.media.status === "connecting" && now.media.code === "media.connectionFailed",
      "told why",
    );
  });
});
