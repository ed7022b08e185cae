// `npm start`: builds page and program where that is due, and serves. One program all along, so that what npm is sent reaches the server.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { isNode24, pinnedNode, run } from "./node24.js";
import { programOf } from "./program.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const node = isNode24 ? process.execPath : pinnedNode();
const built = spawnSync(node, [join(root, "tools/build.ts")], { stdio: "inherit" });
if (built.status === 0) run([programOf(join(root, "packages/cli")), "serve", ...process.argv.slice(2)]);
else process.exitCode = built.status ?? 1;
