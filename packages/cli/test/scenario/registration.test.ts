/** Servers that take new user IDs from some, or from nobody: said before a passphrase is asked for. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { Scene } from "../support/script.ts";

const byInvite = await Scene.open({ registration: "invite" });
const closed = await Scene.open({ registration: "closed" });
const env = {};

byInvite.script(
  "a server that wants an invite code",
  {
    run: "register --server $SERVER --user anna --profile anna",
    env,
    err: [
      "error: this server needs an invite code",
      "hint: ask the person who runs it for one, and give it with --invite",
    ],
    code: 5,
  },
  // With a code the passphrase comes next, and nobody is there to be asked.
  {
    run: "register --server $SERVER --user anna --profile anna --invite abcde-fghij-kmnpq-rstuv",
    env,
    err: [
      "error: new passphrase for $DIR/anna/anna.key cannot be asked for here",
      "hint: set SIGNET_PASSPHRASE, or name an open descriptor with --passphrase-fd",
    ],
    code: 4,
  },
);

closed.script("a server that takes no new user IDs", {
  run: "register --server $SERVER --user anna --profile anna",
  env,
  err: ["error: this server does not take new user IDs", "hint: ask the person who runs it"],
  code: 5,
});

test("no key is made in either case", () => {
  for (const { folder } of [byInvite, closed]) assert.ok(!existsSync(join(folder, "anna", "anna.key")));
});
