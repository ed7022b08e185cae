import { createBrowserTerminal } from "@signet/terminal";

import { voicePadding } from "./lib/voice-padding.ts";
import { mount, mountUnsupported } from "./mount.tsx";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");

createBrowserTerminal({ voicePadding }).then(
  (terminal) => {
    mount(terminal, root);
    terminal.start();
  },
  // Without a secure context there is no WebCrypto, and so no terminal key.
  () => mountUnsupported(root),
);
