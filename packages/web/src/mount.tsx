import type { Terminal } from "@signet/terminal";
import { render } from "preact";

import "./styles/index.css";
import { App } from "./app.tsx";
import { watchDeparture } from "./lib/departure.ts";
import { takeLinked } from "./lib/linked-code.ts";
import { isOtherLink } from "./lib/guest-address.ts";
import { watchInstalling } from "./lib/installing.ts";
import { startLanguage } from "./lib/language.ts";
import { keepFocus } from "./lib/focus-keeper.ts";
import { sendNothing } from "./lib/send-nothing.ts";
import { createRingtone } from "./lib/ringtone.ts";
import { ringtoneChoices } from "./lib/sound-choices.ts";
import type { Shell } from "./lib/shell.ts";
import { createModel, ModelProvider } from "./model.ts";
import { GuestPage } from "./views/guest-page.tsx";
import { Unsupported } from "./views/unsupported.tsx";

/** Shows `terminal` in `root`. */
export function mount(terminal: Terminal, root: HTMLElement, shell?: Shell): void {
  startLanguage();
  watchInstalling();
  const model = createModel(terminal, takeLinked(), shell);
  const ringtone = createRingtone(ringtoneChoices);
  // Browsers let a page sound only after the person did something on it: the first click opens the way.
  addEventListener("pointerdown", ringtone.unlock, { once: true });
  addEventListener("keydown", ringtone.unlock, { once: true });
  watchDeparture(terminal, model);
  keepFocus(root);
  render(
    <ModelProvider value={model}>
      <App ringtone={ringtone} />
    </ModelProvider>,
    root,
  );
}

/** Shows the page of a guest: nobody is remembered by it, and nothing kept. */
export function mountGuest(terminal: Terminal, root: HTMLElement, linked: string): void {
  startLanguage();
  const model = createModel(terminal);
  // The browser loads nothing anew for another link that is opened in the same tab.
  addEventListener("hashchange", () => {
    if (isOtherLink(location.hash, linked)) location.reload();
  });
  watchDeparture(terminal, model);
  keepFocus(root);
  render(
    <ModelProvider value={model}>
      <GuestPage linked={linked} />
    </ModelProvider>,
    root,
  );
}

/** Shows the page that verifies files: without a terminal, and without any way for what is in them to leave it. */
export async function mountVerify(root: HTMLElement): Promise<void> {
  startLanguage();
  if (!isSecureContext) return mountUnsupported(root);
  const { VerifyPage } = await import("./views/verify-page.tsx");
  sendNothing();
  keepFocus(root);
  render(<VerifyPage />, root);
}

/** Says why there is nothing to show, and what to do. */
export function mountUnsupported(root: HTMLElement): void {
  startLanguage();
  render(<Unsupported />, root);
}
