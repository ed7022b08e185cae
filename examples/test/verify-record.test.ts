/** What docs/library.md does with a record, run as it stands there but for the file's name, over one that a terminal saved. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { until } from "../demo/patience.ts";
import { examples, folderFor, registered, startNode, startServerFor } from "./support.ts";

test("the example is the one of the document, and says who was in the call", async (t) => {
  const text = readFileSync(join(examples, "verify-record.ts"), "utf8");
  const document = readFileSync(join(examples, "../docs/library.md"), "utf8");
  assert.ok(document.includes(`\`\`\`ts\n${text}\`\`\``));

  const { origin } = await startServerFor(t);
  const [anna, ben] = await Promise.all([
    registered(t, origin, "anna", 440),
    registered(t, origin, "ben", 660),
  ]);
  await anna.terminal.call([ben.userId]);
  const { ringing } = await until(ben.terminal, (state) => state.ringing.length > 0, "it to ring");
  await ben.terminal.answer(ringing[0]!.callId);
  for (const { terminal } of [anna, ben])
    await until(terminal, ({ call }) => call?.phase === "active" && call.epoch !== undefined, "the call");
  await anna.terminal.endForAll();
  const file = join(folderFor(t), "record.json");
  writeFileSync(file, await anna.terminal.record.save());
  const run = async (path: string) => {
    const program = text.replace('"record.json"', JSON.stringify(path));
    const started = startNode(t, ["--input-type=module-typescript", "--eval", program]);
    return { code: await started.ended, ...started.output };
  };
  const good = await run(file);
  assert.equal(good.code, 0, good.err);
  assert.match(
    good.out,
    /^called by anna\nanna \(.+\): by device, in the call 1 times\nben \(.+\): by device/,
  );
  writeFileSync(file, readFileSync(file, "utf8").replace(origin, "https://elsewhere.example"));
  const turned = await run(file);
  assert.notEqual(turned.code, 0);
});
