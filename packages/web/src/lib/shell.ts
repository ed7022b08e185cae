/** The service worker, by which the page opens where the server cannot be reached, and is woken. */
import { signal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

import { callTag, notedPeople, noteCache, notePath, readNote } from "./worker-note.ts";
import type { QuietTimes, WorkerNote } from "./worker-note.ts";

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

/** One after the other: each begins with what is there. */
let noting: Promise<void> = Promise.resolve();

/**
 * What the worker says where no page is open, in the person's language, and when it says it without a sound.
 * @param people for whom this browser is woken. What the others chose is kept as they left it; undefined of those who were not asked here
 */
export function keepNote(
  note: Omit<WorkerNote, "people">,
  people: ReadonlyMap<string, QuietTimes | undefined>,
): Promise<void> {
  const keep = async (): Promise<void> => {
    const cache = await caches.open(noteCache);
    const former = readNote(await (await cache.match(notePath))?.json()).people;
    await cache.put(notePath, Response.json({ ...note, people: notedPeople(former, people) }));
  };
  // A profile that stores nothing has no service worker either.
  noting = noting.then(keep).catch(() => undefined);
  return noting;
}
