#!/usr/bin/env node
// Runs the program with Node 24 or later: this one, or the one that npm installed.
import module from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { endWithNpm, isNode24, run } from "./node24.js";
import { programOf } from "./program.js";

const room = dirname(dirname(fileURLToPath(import.meta.url)));
const main = programOf(room);

if (isNode24) {
  // Starts in half the time from the second time on. Beside the program, since anybody could have made the folder that Node
  // would take among the temporary ones; where nothing can be written there, nothing is kept.
  const isInstalled = basename(dirname(dirname(room))) === "node_modules";
  module.enableCompileCache(join(room, isInstalled ? "../.." : "../../node_modules", ".cache/compiled"));
  endWithNpm();
  await import(main);
} else run([main, ...process.argv.slice(2)]);
