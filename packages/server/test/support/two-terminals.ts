/** A person at two terminals. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";

import { databasePath } from "../../src/index.ts";
import { people } from "./group.ts";
import { startTestServer, tempDir } from "./test-server.ts";
import type { Cleanup, TestServer } from "./test-server.ts";
import { TestTerminal } from "./test-terminal.ts";

export interface TwoTerminals {
  readonly server: TestServer;
  readonly dataDir: string;
  readonly alice: TestTerminal;
  readonly carol: TestTerminal;
  /** Of bob. */
  readonly desk: TestTerminal;
  readonly phone: TestTerminal;
}

/**
 * bob is signed in at two terminals. The binding of the first one is put back beside the second one's, as that of another device: what
 * calls make of two terminals does not depend on how the second device came to be his.
 */
export async function atTwoTerminals(t: Cleanup): Promise<TwoTerminals> {
  const dataDir = tempDir(t);
  const before = await startTestServer(t, { dataDir });
  const [alice, carol, desk] = await people(before, "alice", "carol", "bob");
  const database = new DatabaseSync(databasePath(dataDir));
  const row = database.prepare("SELECT * FROM bindings WHERE user_id = 'bob'").get() ?? assert.fail();
  const phone = await TestTerminal.connect(before);
  await phone.signIn("bob", desk.device ?? assert.fail());
  await before.close();
  const { terminal_id, terminal_key, expires_at_ms, proof } = row;
  database
    .prepare("INSERT INTO bindings VALUES ('bob', 'the device at the desk', ?, ?, ?, ?)")
    .run(terminal_id ?? null, terminal_key ?? null, expires_at_ms ?? null, proof ?? null);
  database.close();
  const server = await startTestServer(t, { dataDir, port: before.port });
  for (const terminal of [alice, carol, desk, phone]) await resumed(terminal);
  return { server, dataDir, alice, carol, desk, phone };
}

/** On a new connection, also after a restart of the server. */
export async function resumed(terminal: TestTerminal): Promise<void> {
  await terminal.close();
  await terminal.connectAgain();
  await terminal.resume();
}
