/** Whom the link that was opened leads to. Nobody is called by it: links are pressed unseen, and made by anybody. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { peopleOfCallPath } from "@signet/terminal";
import type { UserId } from "@signet/terminal";

/** Of a browser that gives a link to the window that is open already, so that a call there goes on. */
interface LaunchQueue {
  setConsumer(take: (params: { readonly targetURL?: string }) => void): void;
}

/** What it leads to stands in the address until the person is done with it: a page that is loaded anew, as for a newer version, still has it. */
export function createLinkedCall() {
  const linked = signal(peopleOfCallPath(location.pathname));
  addEventListener("popstate", () => (linked.value = peopleOfCallPath(location.pathname)));
  const { launchQueue } = globalThis as { readonly launchQueue?: LaunchQueue };
  launchQueue?.setConsumer(({ targetURL = "" }) => {
    const target = URL.canParse(targetURL) ? new URL(targetURL) : undefined;
    if (target?.origin !== location.origin) return;
    linked.value = peopleOfCallPath(target.pathname) ?? linked.peek();
  });
  return {
    /** undefined where there is none; empty where it holds no user ID */
    linkedCall: linked as ReadonlySignal<readonly UserId[] | undefined>,
    /** Called, or not wanted. */
    leaveLink: (): void => {
      linked.value = undefined;
      if (peopleOfCallPath(location.pathname) !== undefined)
        history.replaceState(history.state, "", `/${location.hash}`);
    },
  };
}
