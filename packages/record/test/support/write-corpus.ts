/** Writes the corpus: `NAME.json`, and `NAME.verdict` beside it, JSON. Usage: node packages/record/test/support/write-corpus.ts DIR [MUTATIONS] */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { corpus, verdictOf } from "./corpus.ts";

const [folder, mutations = "500"] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: write-corpus.ts DIR [MUTATIONS]");
mkdirSync(folder, { recursive: true });
for (const file of await corpus(Number(mutations))) {
  writeFileSync(join(folder, `${file.name}.json`), file.text);
  writeFileSync(join(folder, `${file.name}.verdict`), `${JSON.stringify(await verdictOf(file), null, 1)}\n`);
}
