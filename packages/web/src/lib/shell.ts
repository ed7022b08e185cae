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
  /** Loads the page, and lets a newer worker in. */
  loadAnew(): void;
}

const wordsCache = "signet-words";
const wordsPath = "/service-worker-words";
/** Of the worker (src/service-worker). */
const callTag = "call";
/** So long a newer worker may take to come in before the page is loaded without it. */
const takeOverMostMs = 2_000;

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
  const loadAnew = async (): Promise<void> => {
    const waiting = (await registered)?.waiting;
    if (waiting) {
      serviceWorker?.addEventListener("controllerchange", () => location.reload());
      waiting.postMessage("takeOver");
      await new Promise((resolve) => setTimeout(resolve, takeOverMostMs));
    }
    location.reload();
  };
  // What it said is seen now: it rings here, or is over.
  void registered.then(async (registration) => {
    for (const shown of (await registration?.getNotifications({ tag: callTag })) ?? []) shown.close();
  });
  return {
    registered,
    newer,
    // Where nothing answers there is nothing to be found.
    look: () => void look().catch(() => undefined),
    loadAnew: () => void loadAnew().catch(() => location.reload()),
  };
}

/** The address of this page's program, whose name changes with what is in it; undefined where the page has none. */
export const ownProgram = (): string | undefined =>
  document.querySelector<HTMLScriptElement>("script[type=module][src]")?.src;

/** Whether the server's page is this one. @throws where there is no connection */
async function isNewest(): Promise<boolean> {
  const own = ownProgram();
  const answer = await fetch("/", { cache: "no-store" });
  const isPage = answer.ok && answer.headers.get("content-type")?.startsWith("text/html") === true;
  return own === undefined || !isPage || (await answer.text()).includes(new URL(own).pathname);
}

/** A page that registers nothing. */
export const noShell: Shell = {
  registered: Promise.resolve(undefined),
  newer: signal(false),
  look: () => undefined,
  loadAnew: () => location.reload(),
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
