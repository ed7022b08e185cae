import "./lib/without-eval.ts";
import { createBrowserTerminal, createGuestTerminal, isGuestPath, isVerifyPath } from "@signet/terminal";

import { registerShell } from "./lib/shell.ts";
import { soundChoices } from "./lib/sound-choices.ts";
import { voicePadding } from "./lib/voice-padding.ts";
import { mount, mountGuest, mountUnsupported, mountVerify } from "./mount.tsx";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no #app");
// What stood there for as long as no script ran.
root.replaceChildren();

const options = { voicePadding, sound: soundChoices };

if (isVerifyPath(location.pathname)) {
  registerShell();
  void mountVerify(root);
} else {
  const isGuest = isGuestPath(location.pathname);
  (isGuest ? createGuestTerminal(options) : createBrowserTerminal(options)).then(
    (terminal) => {
      if (isGuest) mountGuest(terminal, root, location.hash);
      else mount(terminal, root, registerShell());
      terminal.start();
    },
    // Without a secure context there is no WebCrypto, and so no terminal key.
    () => mountUnsupported(root),
  );
}
