import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";

import { databasePath } from "../../src/index.ts";

/** Everything durable, row by row. */
function durable(dataDir: string): unknown {
  const database = new DatabaseSync(databasePath(dataDir), { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'meta' ORDER BY name")
      .all();
    return tables.map(({ name }) => [name, database.prepare(`SELECT * FROM ${String(name)}`).all()]);
  } finally {
    database.close();
  }
}

/** Runs something that must be refused and checks that it changed nothing that lasts. */
export async function changesNothing(
  server: { readonly dataDir: string },
  run: () => Promise<void>,
): Promise<void> {
  const before = durable(server.dataDir);
  await run();
  assert.deepEqual(durable(server.dataDir), before);
}
