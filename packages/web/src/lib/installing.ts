/** The page as an app of the system: whether it is one, and the browser's own question, kept until the person asks for it. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { callScheme } from "@signet/terminal";

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

const asking = signal<InstallPrompt | undefined>(undefined);
const installed = signal(false);

/** From the beginning: browsers say only once that they would ask. */
export function watchInstalling(): void {
  installed.value = matchMedia("(display-mode: standalone)").matches;
  addEventListener("beforeinstallprompt", (event) => {
    // Asked in the settings, where one sees what for.
    event.preventDefault();
    asking.value = event as InstallPrompt;
  });
  addEventListener("appinstalled", () => {
    asking.value = undefined;
    installed.value = true;
  });
}

export const canInstall: ReadonlySignal<InstallPrompt | undefined> = asking;
export const isInstalled: ReadonlySignal<boolean> = installed;

/** A question counts once. */
export function install(): void {
  const question = asking.peek();
  asking.value = undefined;
  void question?.prompt().catch(() => undefined);
}

/** Browsers ask the person whether the page may open such links; none says what the answer was. @returns whether it was asked */
export function askForLinks(): boolean {
  try {
    navigator.registerProtocolHandler(callScheme, `${location.origin}/call/%s`);
    return true;
  } catch {
    return false;
  }
}

export const mayAskForLinks = (): boolean => "registerProtocolHandler" in navigator;
