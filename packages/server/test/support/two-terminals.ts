/** People at two terminals. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";

import type { UserId } from "@signet/protocol";

import { databasePath } from "../../src/index.ts";
import { people } from "./group.ts";
import { startTestServer, tempDir } from "./test-server.ts";
import type { Cleanup } from "./test-server.ts";
import { TestTerminal, user } from "./test-terminal.ts";

/** Each with names of their own. */
export interface Trio {
  readonly alice: TestTerminal;
  readonly carol: TestTerminal;
  readonly bob: UserId;
  /** Of bob. */
  readonly desk: TestTerminal;
  readonly phone: TestTerminal;
}

/**
 * In each trio bob is signed in at two terminals. The binding of the first one is put back beside the second one's, as that of another device:
 * what calls make of two terminals does not depend on how the second device came to be his.
 * @returns where the data is, for a server at that port
 */
export async function atTwoTerminals(
  suite: Cleanup,
  count: number,
): Promise<{ readonly dataDir: string; readonly port: number; readonly trios: readonly Trio[] }> {
  const dataDir = tempDir(suite);
  const before = await startTestServer(suite, { dataDir });
  const { port } = before;
  const trios = await Promise.all(Array.from({ length: count }, (_, i) => trio(before, i, dataDir)));
  await before.close();
  const database = new DatabaseSync(databasePath(dataDir));
  for (const { row } of trios)
    database
      .prepare("INSERT INTO bindings VALUES (?, 'the device at the desk', ?, ?, ?, ?)")
      .run(
        ...["user_id", "terminal_id", "terminal_key", "expires_at_ms", "proof"].map(
          (name) => row[name] ?? null,
        ),
      );
  database.close();
  return { dataDir, port, trios };
}

async function trio(server: { readonly port: number }, i: number, dataDir: string) {
  const bob = user(`bob${i}`);
  const [alice, carol, desk] = await people(server, `alice${i}`, `carol${i}`, bob);
  const database = new DatabaseSync(databasePath(dataDir));
  const row = database.prepare("SELECT * FROM bindings WHERE user_id = ?").get(bob) ?? assert.fail();
  database.close();
  const phone = await TestTerminal.connect(server);
  await phone.signIn(bob, desk.device ?? assert.fail());
  return { alice, bob, carol, desk, phone, row };
}

/** On a new connection, also after a restart of the server. */
export async function resumed(terminal: TestTerminal): ReturnType<TestTerminal["resume"]> {
  await terminal.close();
  await terminal.connectAgain();
  return terminal.resume();
}
