/** The service worker, by which the page opens where the server cannot be reached, and is woken. */

import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

export interface Shell {
  /** undefined where the browser has none, or refuses it: in a private window, or where the profile stores nothing. */
  readonly registered: Promise<ServiceWorkerRegistration | undefined>;
  /** Another version of the page is there: the next load shows it. */
  readonly newer: ReadonlySignal<boolean>;
  /** Asks the server whether there is another version. */
  look(): void;
}

const wordsCache = "signet-words";
const wordsPath = "/service-worker-words";

export function registerShell(): Shell {
  const newer = signal(false);
  // Not every browser has them outside of a secure context.
  const { serviceWorker } = navigator as { readonly serviceWorker?: ServiceWorkerContainer };
  const registered = (serviceWorker?.register("/service-worker.js") ?? Promise.resolve(undefined)).catch(
    () => undefined,
  );
  const look = async (): Promise<void> => {
    if (!(await isNewest())) newer.value = true;
    await (await registered)?.update();
  };
  // Where nothing answers there is nothing to be found.
  return { registered, newer, look: () => void look().catch(() => undefined) };
}

/** Whether the server's page is this one: the name of its program changes with what is in it. @throws where there is no connection */
async function isNewest(): Promise<boolean> {
  const own = document.querySelector<HTMLScriptElement>("script[type=module][src]");
  const answer = await fetch("/", { cache: "no-store" });
  const isPage = answer.ok && answer.headers.get("content-type")?.startsWith("text/html") === true;
  return own === null || !isPage || (await answer.text()).includes(new URL(own.src).pathname);
}

/** A page that registers nothing. */
export const noShell: Shell = {
  registered: Promise.resolve(undefined),
  newer: signal(false),
  look: () => undefined,
};

/** What a notification says where no page is open, in the person's language. */
export async function keepWords(words: {
  readonly title: string;
  readonly body: string;
  readonly language: string;
}): Promise<void> {
  try {
    await (await caches.open(wordsCache)).put(wordsPath, Response.json(words));
  } catch {
    // A profile that stores nothing has no service worker either.
  }
}
