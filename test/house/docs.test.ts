/** What the documents say must be so: the table of errors is the code's, and every relative link leads somewhere. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { errorsPage, errorsPagePath } from "../../docs/generate-errors.ts";

const root = dirname(dirname(import.meta.dirname));

test("docs/errors.md is the table of packages/protocol/src/errors.ts", () => {
  if (process.env["UPDATE_DOCS"] === "1") writeFileSync(errorsPagePath, errorsPage());
  assert.equal(
    readFileSync(errorsPagePath, "utf8"),
    errorsPage(),
    "run `npx node docs/generate-errors.ts` (or `npm test -- docs` with UPDATE_DOCS=1)",
  );
});

test("the first code of docs/library.md is examples/first-terminal.ts, which the tests run", () => {
  const page = readFileSync(join(root, "docs/library.md"), "utf8");
  const shown = /^```ts\n([\s\S]*?)^```$/m.exec(page)?.[1];
  assert.equal(shown, readFileSync(join(root, "examples/first-terminal.ts"), "utf8"));
});

/** Anchors as GitHub makes them: lower case, spaces to dashes, punctuation dropped. */
function anchorsOf(markdown: string): Set<string> {
  const headings = [...markdown.matchAll(/^#{1,6} +(.+?) *#*$/gm)].map((match) => match[1] ?? "");
  const slugs = headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-"),
  );
  return new Set(slugs);
}

/** Relative targets of links and images, without those in code. */
function linksOf(markdown: string): string[] {
  const prose = markdown.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, "").replaceAll(/`[^`\n]*`/g, "");
  const inline = [...prose.matchAll(/\]\(<?([^()<>\s]+)>?(?: "[^"]*")?\)/g)].map((match) => match[1] ?? "");
  const html = [...prose.matchAll(/<(?:img|a|source)\s[^>]*?(?:src|srcset|href)="([^"]+)"/g)].map(
    (match) => match[1] ?? "",
  );
  const reference = [...prose.matchAll(/^\[[^\]]+\]: +(\S+)/gm)].map((match) => match[1] ?? "");
  return [...inline, ...html, ...reference].filter((link) => !/^[a-z][a-z0-9+.-]*:/i.test(link));
}

function brokenLinks(file: string): string[] {
  const markdown = readFileSync(join(root, file), "utf8");
  return linksOf(markdown).filter((link) => {
    const [path = "", anchor] = link.split("#");
    const target = path === "" ? join(root, file) : join(root, dirname(file), decodeURIComponent(path));
    if (!existsSync(target)) return true;
    if (anchor === undefined || !target.endsWith(".md")) return false;
    return !anchorsOf(readFileSync(target, "utf8")).has(anchor);
  });
}

test("every relative link in a document leads to a file, and to a heading in it", () => {
  const files = globSync("**/*.md", {
    cwd: root,
    exclude: ["**/node_modules/**", "**/dist/**", "test-results/**", "data/**"],
  });
  assert.ok(files.includes("CHANGELOG.md"));
  const broken = files.flatMap((file) => brokenLinks(file).map((link) => `${file}: ${link}`));
  assert.deepEqual(broken, []);
});

test("docs/architecture.md names every machine: each file in a folder of machines, and what has tests among them", () => {
  const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
  const linked = new Set(linksOf(page).map((link) => basename(link)));
  const machines = globSync("packages/*/src/machines/*.ts", { cwd: root });
  // Those of the protocol have tests by what happens in them.
  const tested = globSync("packages/!(protocol)/test/machines/*.test.ts", { cwd: root });
  const names = [...machines, ...tested].map((path) => basename(path).replace(".test.ts", ".ts"));
  assert.ok(machines.length > 20 && tested.length > 5, `${machines.length} and ${tested.length}`);
  assert.deepEqual(
    names.filter((name) => !linked.has(name)),
    [],
  );
});

test("every file of tests that docs/security-tests.md names is there", () => {
  const page = readFileSync(join(root, "docs/security-tests.md"), "utf8");
  const named = [
    ...page.matchAll(/`(\w+)\/((?:codec|contract|malformed|scenario|vectors|machines)\b[\w/-]*)`/g),
  ]
    .map(([, room = "", name = ""]) => `packages/${room}/test/${name}`)
    .concat([...page.matchAll(/`e2e\/([\w-]+)`/g)].map(([, name = ""]) => `test/e2e/${name}`));
  assert.ok(named.length > 100, String(named.length));
  const isThere = (path: string): boolean =>
    existsSync(join(root, `${path}.test.ts`)) || existsSync(join(root, path));
  assert.deepEqual(
    named.filter((path) => !isThere(path)),
    [],
  );
});

test("links are seen in all their forms, and anchors are made as GitHub does", () => {
  assert.deepEqual(
    linksOf(
      '[a](x.md) ![b](<y.png> "t") <img alt="" src="z.png"> `[c](no.md)` [d](https://example.org)\n[e]: w.md#top\n',
    ),
    ["x.md", "y.png", "z.png", "w.md#top"],
  );
  assert.deepEqual([...anchorsOf("# What it *is*\n## `step` & time\n")], ["what-it-is", "step--time"]);
});

const analyzer = spawnSync("systemd-analyze", ["--version"]).status === 0;
test("units of a person's own systemd are such", { skip: !analyzer && "no systemd-analyze here" }, () => {
  const units = globSync("docs/*.md", { cwd: root }).flatMap((path) =>
    [
      ...readFileSync(join(root, path), "utf8").matchAll(
        /^```ini\n# ~\/\.config\/systemd\/user\/(\S+)\n([^`]+)^```$/gm,
      ),
    ].map(([, name = "", unit = ""]) => ({ name, unit })),
  );
  assert.ok(units.length > 0);
  const directory = mkdtempSync(join(tmpdir(), "signet-units-"));
  const verify = (name: string, unit: string): string => {
    const path = join(directory, name);
    writeFileSync(path, unit);
    const env = { ...process.env, XDG_RUNTIME_DIR: directory };
    const { status, stderr } = spawnSync("systemd-analyze", ["--user", "verify", path], {
      env,
      encoding: "utf8",
    });
    return status === 0 ? stderr : `${status}: ${stderr}`;
  };
  for (const { name, unit } of units) {
    assert.equal(verify(name, unit), "", name);
    assert.notEqual(verify(name, unit.replace("ExecStart=/", "ExecStart=")), "", "a wrong one is found");
  }
  rmSync(directory, { recursive: true });
});
