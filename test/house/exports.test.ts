/**
 * Pins what each room exports, so that a name is added or dropped on purpose. The lists are in `exports/<room>.txt`;
 * `UPDATE_EXPORTS=1 node --test test/house/exports.test.ts` writes them anew, and the diff shows what changed.
 */
import assert from "node:assert/strict";
import { existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { describe, test } from "node:test";

const root = dirname(dirname(import.meta.dirname));
const listFolder = join(import.meta.dirname, "exports");

/** Names that a module exports, types as `type Name`. Follows `export *` into our own files. */
function namesExportedBy(file: string): string[] {
  const source = readFileSync(file, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const names: string[] = [];
  for (const [, allTypes, list = ""] of source.matchAll(/^export (type )?\{([^}]*)\}/gm)) {
    for (const item of list.split(",").map((text) => text.trim())) {
      if (item === "") continue;
      const isType = allTypes !== undefined || item.startsWith("type ");
      const name = item
        .replace(/^type /, "")
        .split(" as ")
        .at(-1)
        ?.trim();
      names.push(`${isType ? "type " : ""}${name}`);
    }
  }
  const declared =
    /^export (?:declare )?(?:async )?(?:abstract )?(const|let|function\*?|class|interface|type) ([A-Za-z_$][\w$]*)/gm;
  for (const [, kind, name] of source.matchAll(declared)) {
    names.push(`${kind === "interface" || kind === "type" ? "type " : ""}${name}`);
  }
  for (const [, path = ""] of source.matchAll(/^export \* from "(\.[^"]+)"/gm)) {
    names.push(...namesExportedBy(join(dirname(file), path)));
  }
  return names;
}

/** Every entry of a package's `exports` with the file behind it. */
function entriesOf(packageFolder: string): [entry: string, file: string][] {
  const manifest = JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")) as {
    exports?: unknown;
  };
  if (manifest.exports === undefined) return [];
  const entries =
    typeof manifest.exports === "string" ? { ".": manifest.exports } : (manifest.exports as object);
  return Object.entries(entries).map(([entry, file]) => {
    assert.equal(typeof file, "string", `${packageFolder}: conditional exports are not expected`);
    return [entry, join(packageFolder, file as string)];
  });
}

/** Plain order of characters, so that no locale changes the lists. */
const byCode = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

function listFor(packageFolder: string): string {
  const parts = entriesOf(packageFolder)
    .filter(([, file]) => file.endsWith(".ts"))
    .map(([entry, file]) => [`# ${entry}`, ...namesExportedBy(file).toSorted(byCode), ""].join("\n"));
  return parts.join("\n");
}

describe("exports of each room", () => {
  for (const packageFolder of globSync("packages/*", { cwd: root }).toSorted()) {
    const room = basename(packageFolder);
    const list = listFor(join(root, packageFolder));
    if (list === "") continue;
    test(room, () => {
      const listFile = join(listFolder, `${room}.txt`);
      if (process.env["UPDATE_EXPORTS"] === "1") {
        mkdirSync(listFolder, { recursive: true });
        writeFileSync(listFile, list);
      }
      assert.equal(
        existsSync(listFile) ? readFileSync(listFile, "utf8") : "",
        list,
        "exports changed; on purpose? then run with UPDATE_EXPORTS=1",
      );
    });
  }
});
