/** `signet verify`: what it says of files, with which exit code, and that it opens no connection for it. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { runCommand } from "@signet/e2e/support/command-line.ts";
import { mostFileBytes } from "@signet/record";

import { lie, logKey, noLie, otherLogKey } from "../support/evidence.ts";

const folder = mkdtempSync(join(tmpdir(), "signet-verify-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const kept = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const lying = kept("lie.json", lie);
const fitting = kept("fits.json", noLie);

/** Says so where anything is opened that leads out of the process. */
const tellConnections = `import { subscribe } from "node:diagnostics_channel";
import dns from "node:dns";
for (const name of ["net.client.socket", "udp.socket"]) subscribe(name, () => console.error("opened", name));
const lookup = dns.lookup;
dns.lookup = (...args) => { console.error("opened", "dns"); return lookup(...args); };`;
const told = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tellConnections)}` };

const verified = (...args: readonly string[]) => runCommand(["verify", ...args], { env: told });

test("what would tell of a connection tells of one", async () => {
  const { err } = await runCommand(["monitor", "http://127.0.0.1:47113", "--once", "--profile", folder], {
    env: told,
  });
  assert.match(err, /^opened net\.client\.socket$/m);
});

test("evidence that the log signed two things proves a lie, and whose key it was is said", async () => {
  const found = await verified(lying);
  assert.deepEqual([found.code, found.err], [8, ""]);
  assert.match(found.out, /^.*lie\.json: this proves that whoever has the log key in this file /);
  assert.match(found.out, /^ {2}it signed two trees, or two maps, of one size$/m);
  assert.match(found.out, /with the key that this file names, calls\.example\.org\/log\+/);
  assert.match(found.out, /whether that is the key of this server, ask in another way/);
  const given = await verified(lying, "--log-key", otherLogKey, "--log-key", logKey);
  assert.deepEqual([given.code, given.err], [8, ""]);
  assert.match(given.out, /^.*lie\.json: this proves that the server lied: /);
  assert.match(given.out, /with the log key that you gave, calls\.example\.org\/log\+/);
  assert.doesNotMatch(given.out, /that this file names/);
});

test("what may fit proves nothing, and a file of another log than was given is refused", async () => {
  const fits = await verified(fitting);
  assert.deepEqual([fits.code, fits.err], [5, ""]);
  assert.match(fits.out, /^.*fits\.json: this does not prove that the server lied/);
  const other = await verified(lying, "--log-key", otherLogKey);
  assert.equal(other.code, 5);
  assert.match(
    other.err,
    /^error: .*lie\.json: this record is of another server's log than the key that you gave \(logKey\)$/m,
  );
});

test("--json says the same in one object, with bytes in base64url", async () => {
  const { code, err, out } = await verified(lying, "--json", "--log-key", logKey);
  assert.deepEqual([code, err], [8, ""]);
  const { evidence, ...event } = JSON.parse(out);
  assert.deepEqual(event, {
    event: "verified",
    file: lying,
    verdict: "proven",
    kind: "evidence",
    judgement: "proven",
    why: "sameSize",
    keyGiven: true,
  });
  assert.equal(evidence.serverOrigin, "https://calls.example.org");
  const refused = await verified(kept("no.json", "{}"), "--json");
  assert.equal(refused.code, 5);
  const [first, last] = refused.out
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    [first.event, first.verdict, first.code, first.at],
    ["verified", "refused", "record.form", "format"],
  );
  assert.deepEqual([last.event, last.code, last.exitCode], ["error", "record.form", 5]);
});

test("what is no file of Signet's is called that", async () => {
  const large = kept("large.json", "");
  truncateSync(large, mostFileBytes);
  const largest = kept("larger.json", "");
  truncateSync(largest, mostFileBytes + 1);
  const folderHere = join(folder, "folder");
  mkdirSync(folderHere);
  const form = "this is no file that Signet writes, or it was changed since";
  for (const [path, exitCode, error] of [
    [kept("text.json", "no JSON"), 5, form],
    [kept("list.json", "[1]"), 5, form],
    [kept("utf16.json", Buffer.from("\u{FEFF}{}", "utf16le")), 5, form],
    [kept("mark.json", `\u{FEFF}${lie}`), 5, form],
    [large, 5, form],
    [kept("empty.json", ""), 5, "this file is empty"],
    [kept("cut.json", lie.trimEnd().slice(0, -1)), 5, "this file breaks off before its end"],
    [
      kept("minutes.p7s", Buffer.from("300b06092a864886f70d010702", "hex")),
      5,
      "this is a signature of a document (CMS), which other programs verify together with the document",
    ],
    [largest, 2, "this file is larger than any that Signet writes (64 MB), or there is more in it"],
    [folderHere, 2, "this cannot be read as a file"],
    [join(folder, "missing.json"), 2, "this cannot be read as a file"],
    ["/dev/null", 2, "this cannot be read as a file"],
  ] as const) {
    const { code, err, out } = await verified(path);
    assert.deepEqual([code, out], [exitCode, ""], path);
    const [first = ""] = err.split("\n");
    assert.ok(first.startsWith(`error: ${path}: `) && first.endsWith(error), `${path}: ${first}`);
  }
});

test("wrong use is said", async () => {
  for (const args of [[], [lying, fitting], [lying, "--log-key", "none"], [lying, "--anchors", lying]])
    assert.equal((await verified(...args)).code, 2, args.join(" "));
});

test("in Chinese", async () => {
  const { code, out } = await runCommand(["verify", lying], { env: { SIGNET_LANGUAGE: "zh-Hans" } });
  assert.equal(code, 8);
  assert.match(out, /：这证明持有此文件中日志密钥者/);
});
