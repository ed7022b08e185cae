/** Two and three of the real program in calls with each other: sound from files and into files, and every way out. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import type { JsonEvent } from "@signet/e2e/support/command-line.ts";
import { loudestSecond } from "@signet/e2e/support/ear.ts";
import { writeVoice } from "@signet/e2e/support/voice.ts";

import { programs } from "../support/doctor.ts";
import { Scene, passphrase } from "../support/script.ts";

const scene = await Scene.open();
await scene.register("anna", "ben", "cara");
// Long enough for whoever connects late on a busy machine.
writeVoice(join(scene.folder, "low.wav"), 400, 5);
writeVoice(join(scene.folder, "high.wav"), 900);

const silent = "--in none --out none";

const heard = (file: string, hertz: number): number => loudestSecond(join(scene.folder, file), hertz);

test("one plays a file to somebody who listens: each records both, and the call ends when the file was played", async () => {
  const listening = scene.start(
    "listen --profile ben --auto-answer-from anna --once --in high.wav --loop --out heard-by-ben.wav --record ben.wav",
  );
  await listening.line(/^signed in as ben/);
  const calling = scene.start(
    "call ben --profile anna --in low.wav --out heard-by-anna.wav --record anna.wav",
  );
  const called = await calling.ended;
  assert.deepEqual([called.code, called.err], [0, ""]);
  const said = [
    /^online: http/,
    /^signed in as anna with a software key, until 2/,
    /^calling ben$/,
    /^ben is ringing$/,
    /^ben is joining$/,
    /^in the call, end-to-end encrypted$/,
    /^ben joined: verified, software key, first time seen$/,
    /^new group key: epoch 1, safety code (\d{5} ){5}\d{5}$/,
    /^recording to heard-by-anna\.wav$/,
    /^recording to anna\.wav$/,
    /^ben speaks$/,
    /^the call is over after 0:\d\d: you left$/,
    /^recorded heard-by-anna\.wav$/,
    /^recorded anna\.wav$/,
    /^released: calls to anna do not ring here any more$/,
  ];
  // Sound is connected while all that goes on.
  const lines = calling.lines.filter((line) => line !== "sound is connected");
  assert.equal(lines.length, calling.lines.length - 1);
  assert.equal(lines.length, said.length, called.out);
  said.forEach((line, i) => assert.match(lines[i] ?? "", line));
  const { code, out, err } = await listening.ended;
  assert.equal(code, 0, err);
  assert.equal(err, "");
  for (const line of [
    /^anna calls: verified, software key, first time seen$/m,
    /^answering anna$/m,
    /^anna joined: verified, software key, first time seen$/m,
    /^anna left$/m,
    /^nobody else is in the call any more: leaving$/m,
    /^recorded ben\.wav$/m,
    /^released/m,
  ])
    assert.match(out, line);
  const safetyCode = /safety code ([\d ]+)$/m;
  assert.ok(safetyCode.exec(out)?.[1]);
  for (const [file, hertz, isHeard] of [
    ["heard-by-ben.wav", 400, true],
    ["heard-by-ben.wav", 900, false],
    ["heard-by-anna.wav", 900, true],
    ["heard-by-anna.wav", 400, false],
    ["anna.wav", 400, true],
    ["anna.wav", 900, true],
    ["ben.wav", 400, true],
    ["ben.wav", 900, true],
  ] as const) {
    const loudness = heard(file, hertz);
    assert.equal(loudness > 1_000, isHeard, `${hertz} Hz in ${file}: ${loudness}`);
  }
});

test("a call to somebody who is nowhere signed in is told them by the next command, once, with when it was", async () => {
  const calledMs = Date.now();
  const called = await scene.start(`call cara --profile anna ${silent}`).ended;
  assert.match(called.out, /^cara is offline$/m);
  const next = await scene.start("missed --profile cara --json").ended;
  const events = next.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as JsonEvent & { readonly calledAt?: string });
  const [missed, ...more] = events.filter(({ event }) => event === "missed");
  assert.deepEqual(
    [next.code, more.length, (missed?.["from"] as { userId: string } | undefined)?.userId],
    [0, 0, "anna"],
  );
  const atMs = Date.parse(missed?.calledAt ?? "");
  assert.ok(atMs >= calledMs - 1_000 && atMs <= Date.now());
  const again = await scene.start("missed --profile cara").ended;
  assert.doesNotMatch(again.out, /missed/);
});

test("a recording that fails is told while the call goes on, with the name of its file, and by the exit code", async () => {
  const pipe = join(scene.folder, "broken.wav");
  execFileSync("mkfifo", [pipe]);
  // Opens it for reading and writing, so that it need not wait, and reads nothing.
  const reader = openSync(pipe, "r+");
  const ben = scene.start(`listen --profile ben --auto-answer-from anna --once ${silent}`);
  await ben.line(/^signed in as ben/);
  const anna = scene.start(`call ben --profile anna --in none --out none --record ${pipe}`);
  await anna.line(/^recording to .*broken\.wav$/);
  closeSync(reader);
  await anna.line(
    /^warning: .*broken\.wav: the audio file cannot be written \(.*EPIPE.*\); check the folder/,
  );
  anna.signal("SIGINT");
  assert.equal((await anna.ended).code, 130);
  await ben.ended;

  const again = openSync(pipe, "r+");
  const listening = scene.start(`listen --profile ben --auto-answer-from anna --once ${silent}`);
  await listening.line(/^signed in as ben/);
  const calling = scene.start(
    `call ben --profile anna --in none --out none --hang-up-after 3 --record ${pipe}`,
  );
  await calling.line(/^recording to/);
  closeSync(again);
  const { code, err } = await calling.ended;
  assert.equal(code, 2, err);
  assert.match(err, /^error: .*broken\.wav: the audio file cannot be written\nreason: .*EPIPE/);
  await listening.ended;
});

test("a sound card that another program uses is no end of the call: it is told why, and taken when it is free", async () => {
  const isBusy = (program: string): string =>
    `if [ ! -e "$0.free" ]; then echo "${program}: main:831: audio open error: Device or resource busy" >&2; exit 1; fi`;
  const folder = programs(scene, "busy", {
    arecord: `${isBusy("arecord")}\nwhile :; do /usr/bin/head -c 9600 /dev/urandom || exit; /bin/sleep 0.1; done`,
    aplay: `${isBusy("aplay")}\nexec /bin/cat >/dev/null`,
  });
  const ben = scene.start(`listen --profile ben --auto-answer-from anna --once ${silent}`);
  await ben.line(/^signed in as ben/);
  const anna = scene.start("call ben --profile anna", {
    env: { PATH: folder, SIGNET_PASSPHRASE: passphrase },
  });
  await anna.line(
    /^you are not heard: the microphone cannot be opened, since another program uses it; close that program/,
  );
  await anna.line(
    /^you hear nobody: the loudspeaker cannot be opened, since another program uses it \(aplay: .*Device or resource busy\); close that program/,
  );
  for (const program of ["arecord", "aplay"]) writeFileSync(join(folder, `${program}.free`), "");
  await anna.line(/^you are heard again$/);
  await anna.line(/^you hear the others: the loudspeaker is there$/);
  anna.signal("SIGINT");
  assert.equal((await anna.ended).code, 130);
  await ben.ended;
});

test("--json: names and fields of the events of a call among three, as they are documented", async () => {
  const ben = scene.start(`answer --profile ben --json ${silent}`);
  const cara = scene.start(`listen --profile cara --auto-answer-from anyone --json ${silent}`);
  await Promise.all([ben.event("signedIn"), cara.event("signedIn")]);
  const anna = scene.start(`call ben cara --profile anna --json ${silent}`);
  await anna.event("joined", ({ userId }) => userId === "ben");
  await anna.event("joined", ({ userId }) => userId === "cara");
  // Both have a key, so that Anna's leaving is not the end of the call.
  await Promise.all([ben, cara].map((command) => command.event("rekeyed")));
  anna.signal("SIGINT");
  assert.equal((await anna.ended).code, 130);
  // Ben and Cara are still there, with a key that Anna does not have.
  const ofAnna = anna.events.filter(({ event }) => event === "rekeyed").map(({ safetyCode }) => safetyCode);
  const isNew = ({ safetyCode }: JsonEvent): boolean => !ofAnna.includes(safetyCode);
  const [left, ofBen, ofCara] = await Promise.all([
    ben.event("left", ({ userId }) => userId === "anna"),
    ben.event("rekeyed", isNew),
    cara.event("rekeyed", isNew),
  ]);
  assert.equal(left["displayName"], "anna");
  assert.deepEqual([ofBen["epoch"], ofBen["safetyCode"]], [ofCara["epoch"], ofCara["safetyCode"]]);
  cara.signal("SIGTERM");
  assert.equal((await cara.ended).code, 130);
  assert.equal((await ben.ended).code, 0);

  const documented = readFileSync(join(import.meta.dirname, "../../../../docs/command-line.md"), "utf8");
  for (const { event, at, ...fields } of [...anna.events, ...ben.events, ...cara.events]) {
    assert.match(at, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
    const row = documented.split("\n").find((line) => line.startsWith(`| \`${event}\``));
    assert.ok(row, `${event} is not documented`);
    for (const field of Object.keys(fields))
      assert.match(row, new RegExp(`\`${field}\``), `${event}: ${field}`);
  }
  const joined = anna.events.find(({ event, userId }) => event === "joined" && userId === "ben");
  const verifiedBy = Object(joined?.["verifiedBy"]) as {
    readonly [field: string]: unknown;
  };
  assert.deepEqual(
    [verifiedBy["device"], typeof verifiedBy["firstSeen"], verifiedBy["userVerified"]],
    ["software", "boolean", false],
  );
  assert.match(String(verifiedBy["signedAt"]), /^\d{4}-/);
});

scene.script("--json tells that the server was there also when the key cannot be opened", {
  run: `call ben --profile anna --json ${silent}`,
  env: { SIGNET_PASSPHRASE: "wrong" },
  out: [/^{"event":"online"/, /^{"event":"error"/],
  err: [/^error: the passphrase is wrong/, /^hint: /],
  code: 4,
});

test("nobody comes: who is not there, does not exist, is busy, declines, or does not answer", async () => {
  await scene.play({
    run: `call ben --profile anna ${silent}`,
    err: ["error: nobody came: ben is offline", "hint: try again later, or ask them to sign in"],
    code: 6,
  });
  await scene.play({
    run: `call nobody ben --profile anna ${silent}`,
    // Nobody is said to ring before the server said so.
    out: [
      "online: $SERVER",
      /^signed in as anna/,
      "calling nobody, ben",
      "nobody is not a user ID of this server",
      /^ben (\(ben\) )?is offline$/,
      /^the call is over after 0:00: /,
      /^released/,
    ],
    err: [
      "error: nobody came: nobody is not a user ID of this server, ben is offline",
      "hint: check the spelling of the user ID",
    ],
    code: 6,
  });
  const declining = scene.start(`listen --profile ben --auto-answer-from cara --others decline ${silent}`);
  await declining.line(/^signed in/);
  await scene.play({
    run: `call ben --profile anna ${silent}`,
    err: ["error: nobody came: ben declined", "hint: try again later"],
    code: 6,
  });
  await declining.line(/^declining anna, who is not to be answered here$/);
  declining.signal("SIGTERM");
  assert.equal((await declining.ended).code, 130);
  await scene.play({
    run: `answer --profile ben --timeout 1 ${silent}`,
    err: ["error: nothing rang within 1 s", "hint: give more time with --timeout"],
    code: 6,
  });
});

test("a caller who is not to be answered rings on, until the caller gives up", async () => {
  const ben = scene.start(`listen --profile ben --auto-answer-from cara --once ${silent}`);
  await ben.line(/^signed in/);
  const anna = scene.start(`call ben --profile anna ${silent}`);
  await ben.line(/^leaving the call of anna to ring/);
  anna.signal("SIGINT");
  const { code, err } = await anna.ended;
  assert.deepEqual([code, err], [130, ""]);
  await ben.line(/^the call of anna does not ring any more$/);
  const cara = scene.start(`call ben --profile cara ${silent}`);
  await ben.line(/^new group key/);
  cara.signal("SIGINT");
  assert.equal((await cara.ended).code, 130);
  assert.equal((await ben.ended).code, 0);
});

test("Ctrl-C in a call leaves it: the others hear of it at once, with the leaver's signature", async () => {
  const ben = scene.start(`answer --profile ben --json ${silent}`);
  await ben.event("signedIn");
  writeFileSync(join(scene.folder, "left.wav"), "an earlier call");
  symlinkSync("nowhere", join(scene.folder, "left-2.wav"));
  const anna = scene.start(`call ben --profile anna --record left.wav ${silent}`);
  await anna.line(/^in the call/);
  anna.signal("SIGINT");
  const { code, out, err } = await anna.ended;
  assert.deepEqual([code, err], [130, ""]);
  assert.match(
    out,
    /^the call is over after 0:\d\d: you left\n(recorded left-3\.wav|warning: left-3\.wav holds nothing: .*)\nreleased: .*\n$/m,
  );
  // Nobody is told what they asked for.
  assert.doesNotMatch(out, /not heard/);
  // A recording overwrites nothing, and is for nobody else.
  assert.equal(readFileSync(join(scene.folder, "left.wav"), "utf8"), "an earlier call");
  assert.ok(!existsSync(join(scene.folder, "nowhere")));
  assert.equal(statSync(join(scene.folder, "left-3.wav")).mode & 0o777, 0o600);
  await ben.event("left", ({ userId }) => userId === "anna");
  const bens = await ben.ended;
  assert.equal(bens.code, 0, bens.out);
});

test("a second Ctrl-C ends the process at once, without a farewell", async () => {
  const ben = scene.start(`sign-in --profile ben --plain ${silent}`);
  await ben.line(/^signed in/);
  ben.interruptTwice();
  const { code, out, err } = await ben.ended;
  assert.deepEqual([code, err], [130, ""]);
  assert.doesNotMatch(out, /^released/m);
});

test("a window that is closed and a service manager may ask more than once: it still says goodbye", async () => {
  const ben = scene.start(`sign-in --profile ben --plain ${silent}`);
  await ben.line(/^signed in/);
  // Two that cannot arrive as one; the server, in this process, answers nothing between them.
  ben.signal("SIGHUP");
  ben.signal("SIGTERM");
  const { code, out, err } = await ben.ended;
  assert.deepEqual([code, err], [130, ""]);
  assert.match(out, /^released/m);
});

test("sign-in stays until the device is used elsewhere; release ends a sign-in wherever it is", async () => {
  const here = scene.start(`sign-in --profile ben --plain ${silent}`);
  await here.line(/^signed in as ben/);
  const there = scene.start(`sign-in --profile ben --plain ${silent}`);
  await there.line(/^signed in as ben/);
  const taken = await here.ended;
  assert.equal(taken.code, 5);
  assert.equal(
    taken.err,
    "error: signed out: your device was used on another terminal, and calls ring there now\n" +
      "hint: run the command again to sign in here\n",
  );
  await scene.play({
    run: "release --profile ben",
    out: ["online: $SERVER", /^signed in as ben/, "released: calls to ben do not ring here any more"],
  });
  assert.equal((await there.ended).code, 5);
});

test("answer --join enters a call that goes on", async () => {
  const ben = scene.start(`answer --profile ben ${silent}`);
  await ben.line(/^signed in/);
  const anna = scene.start(`call ben cara --profile anna --json ${silent}`);
  await anna.event("joined", ({ userId }) => userId === "ben");
  const cara = scene.start(`answer --join --profile cara ${silent}`);
  await cara.line(/^a call of anna goes on without you$/);
  await cara.line(/^answering anna$/);
  await anna.event("joined", ({ userId }) => userId === "cara");
  anna.signal("SIGTERM");
  cara.signal("SIGTERM");
  assert.equal((await ben.ended).code, 0);
});

test("a call of theirs is told with the device by name, and by move not at all: it is what it goes on with", async () => {
  await scene.register("dan");
  const by = (key: string): string => `--profile dan --key-file dan/${key}.key`;
  await scene.play({ run: `keys add --new-key-file dan/spare.key --name Spare ${by("dan")} --plain` });
  const there = scene.start(`listen --auto-answer-from anna --once ${by("spare")} ${silent}`);
  await there.line(/^signed in/);
  const anna = scene.start(`call dan --profile anna --json ${silent}`);
  await anna.event("joined", ({ userId }) => userId === "dan");
  const looks = scene.start(`sign-in ${by("dan")} ${silent}`);
  await looks.line(/^you are in a call at another terminal, with Spare: signet move goes on with it here$/);
  looks.signal("SIGINT");
  await looks.ended;
  const moves = scene.start(`move ${by("dan")} ${silent}`);
  await moves.line(/^moving the call here/);
  await anna.event("moved");
  await there.ended;
  anna.signal("SIGTERM");
  const { out, code } = await moves.ended;
  assert.equal(code, 0);
  assert.match(out, /^the call is over/m);
  assert.doesNotMatch(out, /you are in a call/);
});

test("sign-in tells of a call that rings", async () => {
  const ben = scene.start(`sign-in --profile ben --json ${silent}`);
  await ben.event("signedIn");
  const anna = scene.start(`call ben cara --profile anna ${silent}`);
  const { from, others } = await ben.event("ringing");
  assert.equal((from as { readonly userId: string }).userId, "anna");
  assert.deepEqual(
    (others as readonly { readonly userId: string }[]).map(({ userId }) => userId),
    ["cara"],
  );
  anna.signal("SIGTERM");
  assert.equal((await anna.ended).code, 130);
  await ben.event("ringEnded");
  ben.signal("SIGINT");
  assert.equal((await ben.ended).code, 130);
});
