/** A device is added from one terminal to another by a code, over a real server; and what a server, or a stranger, may try in between. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { createSoftwareKey } from "@signet/device";
import type { SignatureDevice } from "@signet/device";
import { codeOf, pairingMs } from "@signet/protocol";
import type { Transcript } from "@signet/protocol";
import type { RunningServer } from "@signet/server";
import { deviceAtHand } from "@signet/terminal";
import type { ElsewhereStep, TerminalEnvironment } from "@signet/terminal";

import { openHeadless, registerHeadless } from "./support/headless.ts";
import type { Headless } from "./support/headless.ts";
import { startTestServer } from "./support/server.ts";
import { Carrier } from "./support/carrier.ts";

let server: RunningServer;
const opened: Headless[] = [];
let people = 0;

before(async () => {
  server = await startTestServer({ limits: { wrongCodesPerMinute: 4, pairingsPerMinute: 100 } });
});
after(async () => {
  for (const { terminal } of opened) terminal.close();
  await server.close();
});

interface Ends {
  readonly old: Headless;
  readonly fresh: Headless;
  readonly atOld: Carrier;
  readonly atNew: Carrier;
}

/** Somebody who is signed in, and a terminal where nobody is. */
async function ends(
  device?: SignatureDevice,
  environment: {
    readonly old?: Partial<TerminalEnvironment>;
    readonly fresh?: Partial<TerminalEnvironment>;
  } = {},
): Promise<Ends> {
  const [atOld, atNew] = [new Carrier(), new Carrier()];
  const userId = `anna${people++}`;
  const old = await registerHeadless(server.origin, userId, {
    environment: { openSocket: atOld.openSocket, ...environment.old },
  });
  const fresh = await openHeadless(server.origin, userId, {
    ...(device === undefined ? {} : { device }),
    environment: { openSocket: atNew.openSocket, ...environment.fresh },
  });
  opened.push(old, fresh);
  return { old, fresh, atOld, atNew };
}

interface Doing {
  readonly signal?: AbortSignal;
  readonly approve?: () => Promise<boolean>;
  readonly name?: () => Promise<string>;
  /** What is typed for the code that is shown. */
  readonly typed?: (code: string) => string;
  readonly enteringSignal?: AbortSignal;
}

/** @returns what both ends came to: a device ID or a code */
async function pair({ fresh, old }: Ends, doing: Doing = {}) {
  const steps: ElsewhereStep[] = [];
  const asked: unknown[] = [];
  let here: Promise<string> | undefined;
  const ended = old.terminal.addDeviceElsewhere({
    ...(doing.signal === undefined ? {} : { signal: doing.signal }),
    approve: (device) => {
      asked.push(device);
      return doing.approve?.() ?? Promise.resolve(true);
    },
    onStep: (step) => {
      steps.push(step);
      if (step.type !== "code") return;
      here = fresh.terminal
        .addDeviceHere({
          code: doing.typed?.(step.code) ?? step.code.toLowerCase().replaceAll("-", " "),
          name: doing.name ?? (() => Promise.resolve("Desk")),
          ...(doing.enteringSignal === undefined ? {} : { signal: doing.enteringSignal }),
        })
        .then(({ deviceId }) => deviceId, codeOf);
    },
  });
  const atOld = await ended.catch(codeOf);
  return { atOld: String(atOld), atNew: String(await here), steps, asked };
}

const devicesOf = ({ terminal }: Headless): readonly (readonly [string, string])[] => {
  const { session } = terminal.state;
  assert.ok(session.status === "signedIn");
  return session.devices.map(({ deviceId, name }) => [deviceId, name]);
};

test("the code is carried over, the device is seen before the touch, and signs in; the server has neither code nor name", async () => {
  const both = await ends();
  const { atNew, atOld, fresh, old } = both;
  const { asked, steps, ...came } = await pair(both);
  assert.deepEqual(came, { atOld: fresh.device.deviceId, atNew: fresh.device.deviceId });
  assert.deepEqual(
    steps.map(({ type }) => type),
    ["code", "entered", "named", "touch"],
  );
  assert.deepEqual(asked, [{ deviceId: fresh.device.deviceId, kind: "software", name: "Desk" }]);
  const [shown] = steps;
  assert.ok(shown?.type === "code");
  assert.equal(shown.url, `${server.origin}/#add=${shown.code}`);
  assert.deepEqual(devicesOf(old).at(-1), [fresh.device.deviceId, "Desk"]);
  assert.equal(old.terminal.state.notices, undefined, "it was signed here");
  const said = [...atOld.said, ...atNew.said].filter((text) => text.includes('"pairing.')).join("");
  assert.ok(said.includes("pairing.send"));
  for (const secret of [shown.code, shown.code.replaceAll("-", ""), "Desk", "add-device", old.userId])
    assert.ok(!said.includes(secret), secret);
  await fresh.terminal.signIn({ userId: old.userId });
  assert.equal(devicesOf(fresh).length, 2);
});

test("each word changed, said twice, or of another conversation: both ends find out, and nothing is added", async () => {
  const another = await ends();
  await pair(another);
  for (const tamper of ["changed", "twice", "former"] as const)
    for (const at of [0, 1, 2, 3]) {
      const both = await ends();
      // In turn: offer, ready, begin, signed.
      const listener = at % 2 === 0 ? both.atNew : both.atOld;
      listener.onWord(Math.floor(at / 2), (sealed) => {
        if (tamper === "twice") return [sealed, sealed];
        const former = (at % 2 === 0 ? another.atOld : another.atNew).sealed[Math.floor(at / 2)];
        if (tamper === "former") return [former ?? ""];
        return [`${sealed.slice(0, -2)}${sealed.endsWith("AA") ? "BA" : "AA"}`];
      });
      const { asked, atNew, atOld } = await pair(both);
      const codes = [atOld, atNew];
      // Said again after it was heard, the last one comes too late to change anything.
      if (tamper === "twice" && at === 3 && atOld === both.fresh.device.deviceId) continue;
      assert.ok(codes.includes("pairing.broken"), `${tamper} ${at}: ${codes.join()}`);
      assert.ok(codes.every((code) => code.startsWith("pairing.")));
      if (tamper !== "twice")
        assert.deepEqual(asked, [], "nobody is asked for a device that may be another's");
      assert.equal(devicesOf(both.old).length, 1);
    }
});

test("a server that leads a third terminal to the way learns nothing there, and adds nothing", async () => {
  const both = await ends();
  const third = await ends();
  const waiting = new AbortController();
  // What the new terminal is to hear goes to somebody who typed another code, under the name of theirs.
  const other = third.old.terminal
    .addDeviceElsewhere({
      approve: () => Promise.resolve(true),
      onStep: (step) => {
        if (step.type !== "code") return;
        const way = third.atOld.pairingIds[0] ?? "";
        both.atNew.onWord(0, (sealed) => {
          third.atNew.bring("pairing.message", { pairingId: way, sealed });
          return [];
        });
        void third.fresh.terminal
          .addDeviceHere({ code: step.code, name: () => Promise.resolve("Third") })
          .catch(() => waiting.abort());
      },
    })
    .catch(codeOf);
  const { atNew, atOld } = await pair(both, { enteringSignal: waiting.signal });
  assert.deepEqual([atOld, atNew], ["pairing.ended", "device.cancelled"]);
  assert.match(await other, /^pairing\./);
  for (const { old } of [both, third]) assert.equal(devicesOf(old).length, 1);
});

test("a code is entered once, is none when it was mistyped, and stands for nothing afterwards", async () => {
  const both = await ends();
  const again = await ends();
  let used = "";
  const { atNew } = await pair(both, {
    typed: (code) => (used = code),
    name: async () => {
      // Another terminal tries the same code, while it is in use.
      assert.equal(await entered(again, used), "pairing.unknown");
      return "Desk";
    },
  });
  assert.equal(atNew, both.fresh.device.deviceId);
  assert.equal(await entered(again, used), "pairing.unknown");
  for (const typed of ["", "7K3M", used.slice(1), `${used}0`, used.replace(/.$/, "U")]) {
    const heard = again.atNew.said.length;
    assert.equal(await entered(again, typed), "pairing.badCode");
    assert.equal(again.atNew.said.length, heard, "and nobody is asked");
  }
});

const entered = ({ fresh }: Ends, code: string): Promise<string> =>
  fresh.terminal.addDeviceHere({ code, name: () => Promise.resolve("Desk") }).then(() => "added", codeOf);

test("who does not want the device says so, and who gives up at either end is heard at the other", async () => {
  const refused = await ends();
  const { atNew, atOld } = await pair(refused, { approve: () => Promise.resolve(false) });
  assert.deepEqual([atOld, atNew], ["pairing.refused", "pairing.refused"]);
  assert.equal(devicesOf(refused.old).length, 1);

  const [here, there] = [new AbortController(), new AbortController()];
  const givenUpHere = await pair(await ends(), {
    signal: here.signal,
    name: () => {
      here.abort();
      return new Promise(() => undefined);
    },
  });
  assert.deepEqual([givenUpHere.atOld, givenUpHere.atNew], ["device.cancelled", "pairing.ended"]);
  const asking = await ends();
  const givenUpThere = await pair(asking, {
    enteringSignal: there.signal,
    // The question goes away with who asked for it.
    approve: () => {
      there.abort();
      return new Promise(() => undefined);
    },
  });
  assert.deepEqual([givenUpThere.atOld, givenUpThere.atNew], ["pairing.ended", "device.cancelled"]);
  assert.equal(devicesOf(asking.old).length, 1);
});

test("what the server keeps beyond its time counts no more at either end", async () => {
  const due: (() => void)[] = [];
  const timers: Partial<TerminalEnvironment> = {
    after: (delayMs, run) => {
      if (delayMs === pairingMs) due.push(run);
      const timer = setTimeout(run, Math.min(delayMs, 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
  };
  const both = await ends(undefined, { old: timers });
  let late: (() => void) | undefined;
  both.atOld.onWord(1, (sealed) => {
    late = () => both.atOld.bring("pairing.message", { pairingId: both.atOld.pairingIds[0] ?? "", sealed });
    for (const run of due) run();
    return [];
  });
  const { asked, atNew, atOld } = await pair(both);
  late?.();
  assert.deepEqual([atOld, atNew, asked], ["pairing.expired", "pairing.ended", []]);
  assert.equal(devicesOf(both.old).length, 1);
});

test("a terminal that has the code and signs something else than it was asked for", async () => {
  const wrong: readonly [string, Partial<Transcript<"add-device">>][] = [
    ["another sequence", { sequence: 2 }],
    ["another head", { previous: new Uint8Array(32) }],
    ["another challenge", { serverChallenge: new Uint8Array(32) }],
    ["another name", { newDeviceName: "Innocent" }],
    ["another server", { serverOrigin: "https://elsewhere.example.org" }],
    ["somebody else", { userId: "somebody" }],
    ["another signer", { deviceId: "AAAAAAAAAAAAAAAAAAAAAA" }],
    ["another ID than its key's", { newDeviceId: "AAAAAAAAAAAAAAAAAAAAAA" }],
    ["a kind that there is not", { newDeviceKind: "stone" }],
    ["another time", { issuedAtMs: Date.now() - 10 * 60_000 }],
  ];
  const key = await createSoftwareKey({ algorithm: "EdDSA" });
  const both = await ends();
  for (const [what, change] of wrong) {
    const sign: SignatureDevice["sign"] = (transcript) =>
      key.sign({ ...transcript, ...change } as Transcript);
    const { fresh } = await joining(deviceAtHand({ ...key, sign }));
    const { asked, atOld } = await pair({ ...both, fresh });
    assert.deepEqual([atOld, asked], [what === "another time" ? "proof.time" : "pairing.broken", []], what);
  }
  // Its signature is by another key.
  const other = await createSoftwareKey({ algorithm: "EdDSA" });
  const { fresh } = await joining(deviceAtHand({ ...key, sign: (transcript) => other.sign(transcript) }));
  assert.equal((await pair({ ...both, fresh })).atOld, "directory.badEntry");
  assert.equal(devicesOf(both.old).length, 1);
});

async function joining(devices: TerminalEnvironment["devices"]): Promise<{ readonly fresh: Headless }> {
  const fresh = await openHeadless(server.origin, "nobody", { environment: { devices } });
  opened.push(fresh);
  return { fresh };
}

test("one's own device again, and a terminal where somebody is signed in", async () => {
  const both = await ends();
  const { fresh } = await joining(deviceAtHand(both.old.device));
  assert.equal((await pair({ ...both, fresh })).atOld, "history.deviceTaken");
  assert.equal(await entered({ ...both, fresh: both.old }, "0".repeat(20)), "auth.alreadySignedIn");
  await assert.rejects(both.fresh.terminal.addDeviceElsewhere({ approve: () => Promise.resolve(true) }), {
    code: "auth.signInRequired",
  });
});

test("whoever tries codes is not answered any more after a few", async () => {
  const both = await ends();
  const codes: string[] = [];
  for (let tried = 0; tried < 5; tried += 1) codes.push(await entered(both, `${"0".repeat(19)}${tried}`));
  assert.equal(codes.at(-1), "protocol.askedTooMuch");
  assert.ok(
    codes.slice(0, -1).every((code) => code === "pairing.unknown" || code === "protocol.askedTooMuch"),
  );
});
