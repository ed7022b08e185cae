/** The demo is what a newcomer runs first: it must work, must look well, and must not claim what it did not measure. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folderFor, startProgram } from "./support.ts";

const readmePath = join(import.meta.dirname, "../../README.md");
const shownInReadme = /(?<=^```text\n)Signet: [\s\S]*?(?=^```$)/m;

const mostColumns = 80;
const mostLines = 65;

test("the demo prints what it measured, cleans up, and ends with code 0", async (t) => {
  const temporary = folderFor(t);
  const demo = startProgram(t, "demo/main.ts", [], { TMPDIR: temporary });
  assert.equal(await demo.ended, 0, demo.output.out + demo.output.err);
  const { out, err } = demo.output;
  assert.equal(err, "");
  const lines = out.trimEnd().split("\n");
  assert.ok(lines.length <= mostLines, `${lines.length} lines`);
  assert.deepEqual(
    lines.filter((line) => line.length > mostColumns || line.includes("\u001b")),
    [],
  );

  // The summary counts what stands above it.
  const counted = lines
    .slice(0, lines.indexOf("Summary"))
    .filter((line) => line.startsWith("   ok   ")).length;
  assert.match(out, new RegExp(`^${counted} of ${counted} checks passed in \\d+\\.\\d s$`, "m"));
  for (const step of ["Server", "Register", "Sign in", "Ring", "Join", "Listen", "Leave", "End"])
    assert.match(out, new RegExp(`^   ok   \\d\\. ${step} +(\\d+)/\\1 +\\d+\\.\\d s +\\S`, "m"));
  // One safety code at all before somebody leaves, another one afterwards.
  const codes = [...out.matchAll(/(?:\d{5} ){5}\d{5}/g)].map(([code]) => code);
  assert.equal(new Set(codes.slice(0, -1)).size, 1);
  assert.notEqual(codes.at(-1), codes[0]);
  // Levels differ from one another, as measured ones do, and the server that was named is gone.
  const levels = [...out.matchAll(/-\d+\.\d dB/g)].map(([level]) => level);
  assert.ok(new Set(levels).size > 2, levels.join());
  const origin = /http:\/\/localhost:\d+/.exec(out)?.[0] ?? assert.fail(out);
  await assert.rejects(fetch(origin));
  assert.deepEqual(readdirSync(temporary), []);

  // What the README shows is what it prints, but for what is measured.
  const readme = readFileSync(readmePath, "utf8");
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(readmePath, readme.replace(shownInReadme, out));
  const shown =
    shownInReadme.exec(readFileSync(readmePath, "utf8"))?.[0] ?? assert.fail("no demo in README.md");
  const isSameCast = shown.includes("dora") === out.includes("dora");
  const shape = isSameCast ? shapeOf : explanationsOf;
  assert.equal(shape(out), shape(shown), "run `npm test -- demo` with UPDATE_DOCS=1");
});

/** Without numbers and device IDs, and without the spaces that align them. */
function shapeOf(output: string): string {
  return output
    .replaceAll(/\S{6}~/g, "ID")
    .replaceAll(/-?\d[\d.]*/g, "0")
    .replaceAll(/ +/g, " ");
}

/** What it says about each step, which is the same for three people and for four. */
function explanationsOf(output: string): string {
  return [...output.matchAll(/^\d\. .*\n {3}.*$/gm)].map(([text]) => text).join("\n");
}

test("somebody who is muted is noticed: the demo says who does not hear whom, and ends with code 1", async (t) => {
  const demo = startProgram(t, "demo/main.ts", ["--mute", "ben"]);
  assert.equal(await demo.ended, 1, demo.output.out + demo.output.err);
  const { out } = demo.output;
  assert.match(out, /^ {3}FAIL anna does not hear ben: -\d+\.\d dB at 554 Hz$/m);
  assert.match(out, /^ {3}FAIL 6\. Listen +\d\/\d/m);
  assert.match(out, /^failed: Listen: anna does not hear ben/m);
  // Each failure once at the end, and as a sentence.
  const failed = out.match(/^failed: .*$/gm) ?? [];
  const listeners = out.match(/^ {3}FAIL \w+ does not hear ben/gm) ?? [];
  assert.equal(failed.length, listeners.length, out);
  for (const line of failed) assert.match(line, /^failed: Listen: \w+ does not hear ben: /);
  assert.doesNotMatch(out, /does not hear (anna|cleo)/);
});

test("Ctrl-C ends the demo, and leaves nothing behind", async (t) => {
  const temporary = folderFor(t);
  const demo = startProgram(t, "demo/main.ts", [], { TMPDIR: temporary });
  await demo.said("3. Sign in");
  demo.child.kill("SIGINT");
  assert.equal(await demo.ended, 130);
  assert.deepEqual(readdirSync(temporary), []);
});

test("a wrong use prints one line with a hint", async (t) => {
  const demo = startProgram(t, "demo/main.ts", ["--mute", "nobody"]);
  assert.equal(await demo.ended, 2);
  assert.equal(demo.output.err, 'error: cannot do "--mute nobody"\nhint: run `npm run demo -- --help`\n');
});
