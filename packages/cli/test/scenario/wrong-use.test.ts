/** Every wrong use is said in one line, with one line on what to do, and the exit code tells what kind of thing it was. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { test } from "node:test";

import { Scene } from "../support/script.ts";

const scene = await Scene.open();

await scene.register("anna");
writeFileSync(join(scene.folder, "file"), "not a key, no sound, no folder");
writeFileSync(join(scene.folder, "our song.mp3"), Buffer.from([0xff, 0xfb, 0x90, 0x00]));
mkdirSync(join(scene.folder, "damaged"));
symlinkSync("nowhere", join(scene.folder, "dangling"));
writeFileSync(join(scene.folder, "damaged", "profile.json"), "{");

scene.each(
  "a command or option that does not exist",
  {
    run: "sing-in",
    err: [
      "error: unknown command sing-in",
      "hint: did you mean sign-in? run `signet --help` for all commands",
    ],
    code: 2,
  },
  {
    run: "video",
    err: ["error: unknown command video", "hint: run `signet --help` for all commands"],
    code: 2,
  },
  {
    run: "call ben --prfoile anna",
    err: [
      "error: unknown option --prfoile",
      "hint: did you mean --profile? run `signet call --help` for all options",
    ],
    code: 2,
  },
  {
    run: "call ben --loud",
    err: ["error: unknown option --loud", "hint: run `signet call --help` for all options"],
    code: 2,
  },
  {
    run: "serve --guests yes",
    err: [
      'error: --guests takes no word, and "yes" follows it',
      "hint: run `signet serve --help` for all options",
    ],
    code: 2,
  },
  {
    run: "release --in file",
    err: ["error: unknown option --in", "hint: run `signet release --help` for all options"],
    code: 2,
  },
  {
    run: "sign-in anna",
    err: ['error: signet sign-in takes no "anna"', "hint: run `signet sign-in --help` for all options"],
    code: 2,
  },
);

scene.each(
  "a value that is missing or does not fit",
  {
    run: "sign-in --user",
    err: ["error: --user needs a value", "hint: run `signet sign-in --help` for all options"],
    code: 2,
  },
  { run: "sign-in --user a --user b", err: ["error: --user is given twice", "hint: give it once"], code: 2 },
  {
    run: "sign-in --user Anna",
    err: [
      'error: --user is "Anna"',
      'hint: expected a user ID: 2 to 32 of the characters a-z 0-9 . _ -; "A" is none of them',
    ],
    code: 2,
  },
  {
    run: "sign-in --server calls.example.org",
    err: [
      'error: --server is "calls.example.org"',
      "hint: expected an address such as https://calls.example.org, without a path",
    ],
    code: 2,
  },
  {
    run: "sign-in --server http://localhost:1/path",
    err: [/^error: --server is /, /^hint: expected an address/],
    code: 2,
  },
  {
    run: "sign-in",
    env: { SIGNET_SERVER: "ftp://example.org" },
    err: ['error: SIGNET_SERVER is "ftp://example.org"', /^hint: expected an address/],
    code: 2,
  },
  {
    run: "answer --timeout soon",
    err: ['error: --timeout is "soon"', "hint: expected a whole number from 1 to 86400"],
    code: 2,
  },
  {
    run: "listen",
    err: [
      "error: listen needs to know whom to answer",
      "hint: give --auto-answer-from anna,ben, or --auto-answer-from anyone",
    ],
    code: 2,
  },
  {
    run: "listen --auto-answer-from anna,,ben",
    err: ['error: --auto-answer-from is "anna,,ben"', /^hint: expected user IDs, separated by commas/],
    code: 2,
  },
);

scene.each(
  "a secret as an argument, which is not repeated",
  {
    run: "sign-in --passphrase sesame",
    err: [
      "error: --passphrase is not an option: others on this machine can read arguments",
      "hint: let it be asked for, or use SIGNET_PASSPHRASE or --passphrase-fd",
    ],
    code: 2,
  },
  {
    run: "call ben --pin=1234",
    err: [
      "error: --pin is not an option: others on this machine can read arguments",
      "hint: let it be asked for, or use SIGNET_PIN or --pin-fd",
    ],
    code: 2,
  },
);

scene.each(
  "nobody named, or named wrongly",
  {
    run: "call --profile anna",
    err: ["error: nobody to call", "hint: name them: signet call ben cara"],
    code: 2,
  },
  {
    run: "call Ben --profile anna",
    err: ['error: "Ben" is no user ID', /^hint: expected a user ID.*; "B" is none of them$/],
    code: 2,
  },
  {
    run: "call anna --profile anna --in none --out none --json",
    // Nothing was signed for it.
    out: [/"online"/, /"error".*"exitCode":2/],
    err: ["error: you cannot call yourself", "hint: enter the user ID of somebody else"],
    code: 2,
  },
  {
    run: "call ben ben --profile anna",
    out: [/^online: /],
    err: [/^error: /, "hint: name each person once"],
    code: 2,
  },
);

scene.each(
  "what is not known yet",
  {
    run: "sign-in --profile nobody",
    err: ["error: no server is known yet", "hint: give its address with --server, once; it is remembered"],
    code: 2,
  },
  {
    run: "sign-in --profile nobody --server $SERVER",
    err: ["error: no user ID is known yet", "hint: give yours with --user, once; it is remembered"],
    code: 2,
  },
);

scene.each(
  "a profile that cannot be used",
  {
    run: "register --server $SERVER --user ben --profile $DIR/file",
    err: [
      /^error: cannot read .*file\/profile\.json$/,
      /^hint: mend its permissions, or give another --profile$/,
    ],
    code: 2,
  },
  {
    run: "register --server $SERVER --user ben --profile $DIR/dangling",
    err: [
      "error: cannot write to the profile folder $DIR/dangling",
      "reason: ENOENT: no such file or directory, mkdir '$DIR/dangling'",
      "hint: give another one with --profile, or mend its permissions",
    ],
    code: 2,
  },
  {
    run: "sign-in --profile damaged",
    err: [
      "error: $DIR/damaged/profile.json was damaged",
      "hint: take it away and give --server and --user once",
    ],
    code: 2,
  },
);

scene.each(
  "files of sound",
  {
    run: "call ben --profile anna --in $DIR/nothing.wav",
    err: [
      "error: cannot read the audio file $DIR/nothing.wav",
      "reason: ENOENT: no such file or directory, open '$DIR/nothing.wav'",
      "hint: give another one with --in, or `microphone`, or `none`",
    ],
    code: 2,
  },
  {
    run: "call ben --profile anna --in $DIR/file",
    err: [
      "error: $DIR/file: this is not audio that Signet can read",
      "reason: neither WAV nor Ogg Opus",
      "hint: use WAV or Ogg Opus",
    ],
    code: 2,
  },
  {
    run: "call ben --profile anna --in '$DIR/our song.mp3' --json",
    out: [/^\{"event":"error",.*"exitCode":2,"code":"media.otherFormat","detail":"MP3"\}$/],
    err: [
      "error: $DIR/our song.mp3: this is audio of a kind that Signet does not read",
      "reason: MP3",
      "hint: convert it: ffmpeg -i '$DIR/our song.mp3' '$DIR/our song.opus'",
    ],
    code: 2,
  },
  {
    run: "call ben --profile anna --in - --loop",
    stdin: Buffer.from("no sound"),
    err: [
      "error: standard input: what comes through a pipe can be played only once",
      /^hint: keep it in a file/,
    ],
    code: 2,
  },
  {
    run: "call ben --profile anna --in - --passphrase-fd 0",
    err: [
      "error: the sound and a secret are both to come from standard input",
      "hint: give the secret at another descriptor, for example --passphrase-fd 3 3<file",
    ],
    code: 2,
  },
  {
    run: "call ben --profile anna --record call.mp3",
    err: [
      'error: --record is "call.mp3"',
      "hint: signet writes WAV and Ogg Opus: end the name in .wav, .opus or .ogg",
    ],
    code: 2,
  },
  {
    run: "call ben --profile anna --out $DIR/nowhere/call.wav",
    err: ["error: cannot write $DIR/nowhere/call.wav", "hint: give another file with --out"],
    code: 2,
  },
  {
    run: "call ben --profile anna --out a.wav --record a.wav",
    err: ["error: --out and --record name the same file", "hint: give two names"],
    code: 2,
  },
  {
    run: "call ben --profile anna --in none --loop",
    err: ["error: --loop is for a file that is played", "hint: give one with --in"],
    code: 2,
  },
  {
    run: "call ben --profile anna --echo half-duplex --in none",
    err: [
      "error: --echo is for a microphone and a loudspeaker",
      "hint: leave it out: nothing that is played comes back here",
    ],
    code: 2,
  },
);

test("no server, a server that is none, and a server of another name", async (t) => {
  await scene.play({
    run: "sign-in --profile anna --server http://localhost:1",
    err: [
      "error: cannot reach http://localhost:1: port 1 is closed: nothing listens there",
      "hint: check the port, that the server runs, and that no firewall is in between",
    ],
    code: 3,
  });
  // Whoever only looks whether the port is open goes before the answer.
  const silent = createServer((socket) =>
    socket.on("error", () => socket.destroy()).end("HTTP/1.1 404 Not Found\r\n\r\n"),
  ).listen(0, "127.0.0.1");
  t.after(() => silent.close());
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  await scene.play({
    run: `sign-in --profile anna --server http://localhost:${port}`,
    err: [
      `error: cannot reach http://localhost:${port}: something else than signet answers there (HTTP 404)`,
      "hint: check the address and the port",
    ],
    code: 3,
  });
  await scene.play({
    run: `sign-in --profile anna --server ${scene.server.origin.replace("localhost", "127.0.0.1")}`,
    err: [
      `error: the server at ${scene.server.origin.replace("localhost", "127.0.0.1")} calls itself $SERVER, and signatures name that`,
      "hint: if that is the server you mean, give --server $SERVER",
    ],
    code: 5,
  });
});
