/** The page's terminal without its views, for what they do not show. */
import { createBrowserTerminal } from "@signet/terminal";
import type { Terminal } from "@signet/terminal";

declare global {
  // The page's global; tests reach it through `page.evaluate`.
  var terminal: Terminal;
}

globalThis.terminal = await createBrowserTerminal();
globalThis.terminal.start();
