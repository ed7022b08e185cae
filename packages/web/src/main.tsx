import "./lib/without-eval.ts";
import { createBrowserTerminal, createGuestTerminal, isGuestPath } from "@signet/terminal";

import { registerShell } from "./lib/shell.ts";
import { soundChoices } from "./lib/sound-choices.ts";
import { voicePadding } from "./lib/voice-padding.ts";
import { mount, mountGuest, mountUnsupported } from "./mount.tsx";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");
// What stood there for as long as no script ran.
root.replaceChildren();

const isGuest = isGuestPath(location.pathname);
const options = { voicePadding, sound: soundChoices };
(isGuest ? createGuestTerminal(options) : createBrowserTerminal(options)).then(
  (terminal) => {
    if (isGuest) mountGuest(terminal, root, location.hash);
    else mount(terminal, root, registerShell());
    terminal.start();
  },
  // Without a secure context there is no WebCrypto, and so no terminal key.
  () => mountUnsupported(root),
);
