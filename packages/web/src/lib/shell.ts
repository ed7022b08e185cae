/** The service worker, by which the page opens where the server cannot be reached, and is woken. */

export interface Shell {
  /** undefined where the browser has none, or refuses it: in a private window, or where the profile stores nothing. */
  readonly registered: Promise<ServiceWorkerRegistration | undefined>;
  /** Asks the server whether there is another version. */
  look(): void;
}

const wordsCache = "signet-words";
const wordsPath = "/service-worker-words";

/** @param onNewer another version of the page is there: the next load shows it */
export function registerShell(onNewer: () => void): Shell {
  // Not every browser has them outside of a secure context.
  const { serviceWorker } = navigator as { readonly serviceWorker?: ServiceWorkerContainer };
  const registered = (serviceWorker?.register("/service-worker.js") ?? Promise.resolve(undefined)).catch(
    () => undefined,
  );
  void registered.then((registration) => {
    if (registration === undefined) return;
    if (registration.waiting !== null) onNewer();
    registration.addEventListener("updatefound", () => watchInstalling(registration, onNewer));
  });
  const look = async (): Promise<void> => void (await (await registered)?.update());
  // Without a connection there is nothing to be found.
  return { registered, look: () => void look().catch(() => undefined) };
}

/** The very first one is no newer one: the page came with it. */
function watchInstalling({ active, installing }: ServiceWorkerRegistration, onNewer: () => void): void {
  if (active === null) return;
  installing?.addEventListener("statechange", () => {
    if (installing.state === "installed") onNewer();
  });
}

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
