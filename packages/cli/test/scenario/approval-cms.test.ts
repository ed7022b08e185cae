/** Approving with a certificate from the command line: the file or text is signed itself as well (CMS), is saved, and openssl verifies it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, describe, test } from "node:test";

import { createSoftwareKey, exportKeyFile } from "@signet/device";
import { openToken } from "@signet/device/pkcs11";
import { Authority, pemOf } from "@signet/e2e/support/authority.ts";
import { findSoftHsm, makeTestToken } from "@signet/test-token";

import { Files } from "../support/files.ts";
import { Scene, passphrase } from "../support/script.ts";

const files = new Files();
const authority = await Authority.create("Republic Root");
const trustAnchors = files.write("ca.pem", authority.pem);
const scene = await Scene.open({ trustAnchors });
const silent = "--in none --out none";

const key = await createSoftwareKey({ algorithm: "ES256", passphrase });
const keyFile = files.write("ben.key", exportKeyFile(key));
const chain = files.write("ben.pem", pemOf("CERTIFICATE", (await authority.issue(key, "ben")).certificate));
await scene.register("anna");
await scene.play({
  run: `register --server $SERVER --profile ben --user ben --key-file ${keyFile} --certificate ${chain}`,
});
writeFileSync(join(scene.folder, "list.csv"), "acme,5\r\n");
writeFileSync(join(scene.folder, "other.csv"), "acme,6\r\n");

/** Exit code of the command in docs/command-line.md. */
const opensslVerify = (signature: string, document: string): number | null =>
  spawnSync("openssl", [
    ..."cms -verify -cades -binary -inform DER -out /dev/null".split(" "),
    "-CAfile",
    trustAnchors,
    "-in",
    signature,
    "-content",
    document,
  ]).status;

/** Of the folder, the one whose name ends so. */
function kept(folder: string, end: string): string {
  const [found, ...more] = readdirSync(join(scene.folder, folder)).filter((name) => name.endsWith(end));
  assert.ok(found !== undefined && more.length === 0, `one ${end} in ${folder}`);
  return join(scene.folder, folder, found);
}

const filesIn = (folder: string): readonly string[] =>
  readdirSync(join(scene.folder, folder)).map((name) => name.replace(/^signet-resolutions?-[\w-]{22}/, ""));

/** Approved by ben as told, while anna proposes. @returns ben's lines */
async function approved(ben: string, anna: string, until: RegExp): Promise<readonly string[]> {
  const approver = scene.start(`answer --profile ben --plain ${silent} ${ben}`);
  await approver.line(/^signed in as ben/);
  const caller = scene.start(`call ben --profile anna --plain ${silent} ${anna}`);
  await caller.line(until);
  await approver.line(until);
  caller.signal("SIGINT");
  await caller.ended;
  assert.equal((await approver.ended).code, 0);
  return approver.lines;
}

test("a text is signed as well and told so beforehand; both save it, and openssl takes it", async () => {
  const lines = await approved(
    "--approve-resolutions anna=/Release[^]+/ --save-resolutions by-ben",
    "--save-resolutions by-anna --propose 'Release 5\nto Acme'",
    /^resolution 1 by anna: open; approved by ben; the document itself signed by ben \(CMS\); not decided by anna$/,
  );
  const told = lines.findIndex((line) =>
    line.startsWith("resolution 1 by anna: approving signs the text itself, too"),
  );
  assert.ok(told > 0 && told < lines.findIndex((line) => line.includes("approved by ben")));
  for (const folder of ["by-ben", "by-anna"]) {
    assert.deepEqual(filesIn(folder).toSorted(), ["-1-anna.ben.p7s", "-1-anna.txt", ".json"]);
    assert.equal(opensslVerify(kept(folder, ".ben.p7s"), kept(folder, ".txt")), 0);
    assert.notEqual(opensslVerify(kept(folder, ".ben.p7s"), join(scene.folder, "list.csv")), 0);
  }
});

const ofList =
  "--approve-resolutions sha256:e1098d79125f5d8a6d40271df9987ef7564d6da7ca4595b9a35130a8799c345a";

test("--without-cms approves and signs no document: of a text, and of a file that is given", async () => {
  await approved(
    "--approve-resolutions anna=/Pay/ --without-cms --save-resolutions text-without",
    "--propose Pay",
    /^resolution 1 by anna: open; approved by ben; not decided by anna$/,
  );
  assert.deepEqual(filesIn("text-without"), [".json"]);
  await approved(
    `${ofList} --document list.csv --without-cms --save-resolutions file-without`,
    "--propose-file list.csv",
    /^resolution 1 by anna: open; approved by ben; not decided by anna$/,
  );
  assert.deepEqual(filesIn("file-without"), [".json"]);
});

test("another file than the one that is to be approved approves nothing, and neither does one that cannot be read", async () => {
  for (const [given, told] of [
    ["other.csv", /this file is another one than the resolution names/],
    ["none.csv", /none\.csv cannot be read, so that nothing was approved/],
  ] as const) {
    const ben = scene.start(
      `answer --profile ben --plain ${silent} ${ofList} --document ${given} --save-resolutions by-wrong-${given}`,
    );
    await ben.line(/^signed in as ben/);
    const anna = scene.start(`call ben --profile anna --plain ${silent} --propose-file list.csv`);
    await ben.line(told);
    anna.signal("SIGINT");
    await anna.ended;
    await ben.ended;
    assert.ok(!ben.lines.some((line) => line.includes("approved by")), given);
    assert.ok(ben.lines.some((line) => line.startsWith("resolution 1 by anna: not decided before")));
    assert.deepEqual(filesIn(`by-wrong-${given}`), [".json"]);
  }
});

describe("with SoftHSM", { skip: findSoftHsm() === undefined }, () => {
  test("a token signs the file as well, with the session that is open", async () => {
    const keyId = "01";
    const token = makeTestToken({ keys: [{ label: "dora", id: keyId, kind: "p256" }] });
    after(() => token.remove());
    const blank = await openToken({ modulePath: token.modulePath }, () => Promise.resolve(token.pin));
    token.writeCertificates([(await authority.issue(blank, "dora")).certificate], keyId);
    blank.close();
    const env = { SIGNET_PIN: token.pin, SOFTHSM2_CONF: "" };
    await scene.play({
      run: `register --server $SERVER --user dora --profile dora --module ${token.modulePath}`,
      env,
    });
    const dora = scene.start(
      `answer --profile dora --plain ${silent} ${ofList} --document other.csv --document list.csv --save-resolutions by-dora`,
      { env },
    );
    await dora.line(/^signed in as dora/);
    const anna = scene.start(`call dora --profile anna --plain ${silent} --propose-file list.csv`);
    await dora.line(/approved by dora; the document itself signed by dora \(CMS\)/);
    anna.signal("SIGINT");
    await anna.ended;
    assert.equal((await dora.ended).code, 0);
    assert.equal(opensslVerify(kept("by-dora", ".p7s"), join(scene.folder, "list.csv")), 0);
  });
});
