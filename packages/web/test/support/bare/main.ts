/** The page's terminal without its views, for what they do not show; with `?views` with them, on the same terminal. */
import { createBrowserTerminal } from "@signet/terminal";
import type { Terminal } from "@signet/terminal";

import { mount } from "../../../src/mount.tsx";

declare global {
  // The page's global; tests reach it through `page.evaluate`.
  var terminal: Terminal;
}

globalThis.terminal = await createBrowserTerminal();
globalThis.terminal.start();
const root = document.getElementById("app");
if (root !== null && location.search === "?views") mount(globalThis.terminal, root);
