/**
 * What a person waits for in a call, measured in three real browsers with security keys (virtual authenticators that touch
 * themselves): `npx node bench/call.ts [--json]`. Builds the web client where it is missing or older than its sources.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { registerGuest } from "@signet/e2e/support/browser.ts";
import type { Guest } from "@signet/e2e/support/browser.ts";
import { startServer } from "@signet/server";

import { ensureChromium, ensureWebBuild } from "../test/prepare.ts";
import { installCallProbe } from "./call-probe.ts";
import type { CallProbe } from "./call-probe.ts";

const rounds = 10;
const targetsMs = { ring: 150, audio: 600, rekey: 200 };

type Measure = keyof typeof targetsMs;

interface Figures {
  readonly p50: number;
  readonly p95: number;
  readonly target: number;
  readonly reached: boolean;
}

export async function run({ json }: { json: boolean }): Promise<object> {
  process.env["SIGNET_CHROMIUM"] = ensureChromium();
  ensureWebBuild(dirname(import.meta.dirname));
  const dataDir = await mkdtemp(join(tmpdir(), "signet-bench-"));
  const server = await startServer({
    dataDir,
    port: 0,
    logLevel: "error",
    media: { listenAddress: "127.0.0.1" },
  });
  const guests: Guest[] = [];
  try {
    for (const [i, userId] of ["alice", "bobby", "carol"].entries()) {
      guests.push(
        await registerGuest(server.origin, userId, { hertz: 440 + 220 * i, initScript: installCallProbe }),
      );
    }
    const samples: Record<Measure, number[]> = { ring: [], audio: [], rekey: [] };
    // The first round warms up what is loaded once; it does not count.
    for (let round = 0; round <= rounds; round++) {
      const measured = await measureRound(guests as [Guest, Guest, Guest]);
      if (round > 0) for (const name of Object.keys(samples) as Measure[]) samples[name].push(measured[name]);
    }
    const results = Object.fromEntries(
      (Object.keys(samples) as Measure[]).map((name) => [name, figures(name, samples[name])]),
    ) as Record<Measure, Figures>;
    if (!json) print(results, guests[0]?.browser.version() ?? "");
    return { rounds, unit: "ms", ...results };
  } finally {
    for (const guest of guests) await guest.close();
    await server.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** One call of alice: bobby answers, then carol, then carol leaves, then it ends for all. */
async function measureRound([alice, bobby, carol]: [Guest, Guest, Guest]): Promise<Record<Measure, number>> {
  for (const guest of [alice, bobby, carol]) await probe(guest, (it) => it.reset());
  await alice.page.getByRole("textbox", { name: "Call user IDs" }).fill("bobby carol");
  const calledAt = await clickAt(alice, "Call");
  const ringAt = Math.max(
    ...(await Promise.all([bobby, carol].map((guest) => wait(guest, (it) => it.ringAt)))),
  );

  const answeredAt = await clickAt(bobby, "Answer");
  // Leaf 0 is alice, 1 is bobby, admitted first; each change of the group is an epoch.
  const audioAt = Math.max(
    await wait(alice, (it) => it.heardAt.get(1)),
    await wait(bobby, (it) => it.heardAt.get(0)),
  );

  await clickAt(carol, "Answer");
  await Promise.all([alice, bobby].map((guest) => wait(guest, (it) => it.heardAt.get(2))));
  const leftAt = await clickAt(carol, "Leave call");
  const rekeyedAt = Math.max(
    ...(await Promise.all([alice, bobby].map((guest) => wait(guest, (it) => it.epochAt.get(3))))),
  );

  await clickAt(alice, "Leave call");
  await clickAt(bobby, "Leave call");
  for (const { page } of [alice, bobby, carol]) await page.getByRole("button", { name: "Done" }).click();
  return { ring: ringAt - calledAt, audio: audioAt - answeredAt, rekey: rekeyedAt - leftAt };
}

/** Clicks in the page itself, so that no time of the driver is measured. @returns when, ms since 1970 */
async function clickAt({ page }: Guest, name: string): Promise<number> {
  const button = page.getByRole("button", { name, exact: true });
  await button.waitFor();
  return button.evaluate((element) => {
    const at = (globalThis as unknown as { callProbe: CallProbe }).callProbe.now();
    (element as HTMLButtonElement).click();
    return at;
  });
}

/** Reads from the page's probe what `read` takes from it, as soon as it is there. `read` sees nothing but its argument. */
async function wait(guest: Guest, read: (it: CallProbe) => number | undefined): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const value = await probe(guest, read);
    if (typeof value === "number") return value;
    await setTimeout(20);
  }
  throw new Error(`${guest.userId} waited in vain for ${read.toString()}`);
}

function probe(
  { page }: Guest,
  use: (it: CallProbe) => number | undefined | void,
): Promise<number | undefined | void> {
  return page.evaluate(`(${use.toString()})(callProbe)`);
}

function figures(name: Measure, samples: readonly number[]): Figures {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0);
  return { p50: at(0.5), p95: at(0.95), target: targetsMs[name], reached: at(0.95) <= targetsMs[name] };
}

function print(results: Record<Measure, Figures>, version: string): void {
  const what: Record<Measure, string> = {
    ring: "Call to ring, both members",
    audio: "Answer to first decrypted audio, both sides",
    rekey: "Leave to last member on the new epoch",
  };
  console.log(`three Chromium ${version} on this machine, ${rounds} rounds, ms`);
  console.log("measure                                        p50    p95  target");
  for (const [name, { p50, p95, target, reached }] of Object.entries(results)) {
    const cells = [p50, p95, target].map((value) => String(value).padStart(6));
    console.log(`${what[name as Measure].padEnd(43)} ${cells.join(" ")}  ${reached ? "reached" : "missed"}`);
  }
}

if (import.meta.main) {
  const json = process.argv.includes("--json");
  const machine = cpus();
  if (!json)
    console.log(
      `${machine[0]?.model.trim() ?? "unknown processor"}, ${machine.length} cores, node ${process.versions.node}`,
    );
  const result = await run({ json });
  if (json) console.log(JSON.stringify(result, null, 2));
  process.exit(0);
}
