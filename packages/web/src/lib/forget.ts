/** All that this browser keeps of the page goes: for good, and for whoever used it here. */
import type { PersonalState } from "@signet/terminal";

/**
 * What may be lost with it that nothing brings back. That the server has it all is not enough: the key to it may be in this browser alone, since not every
 * device opens it.
 * @param personal undefined where nobody is signed in, so that nothing is known
 */
export function forgetRisk(
  personal: Pick<PersonalState, "carrying" | "phrase"> | undefined,
  hasSignedIn: boolean,
): "onlyHere" | "noPhrase" | "unknown" | undefined {
  if (personal === undefined) return hasSignedIn ? "unknown" : undefined;
  if (personal.carrying.status !== "carried") return "onlyHere";
  return personal.phrase === "kept" ? undefined : "noPhrase";
}

/** A tab that holds the database open does not let it go: nobody waits longer for that than this (ms). */
const deletingMostMs = 3_000;

export async function forgetEverything(): Promise<void> {
  for (const clear of [() => localStorage.clear(), () => sessionStorage.clear()]) {
    try {
      clear();
    } catch {
      // A browser that keeps nothing for the page has nothing to clear.
    }
  }
  await Promise.allSettled([deleteDatabases(), deleteCaches(), unregisterWorkers()]);
}

async function deleteDatabases(): Promise<void> {
  await new Promise<void>((resolve) => {
    setTimeout(resolve, deletingMostMs);
    const deleting = indexedDB.deleteDatabase("signet");
    for (const end of ["success", "error"]) deleting.addEventListener(end, () => resolve());
  });
}

async function deleteCaches(): Promise<void> {
  for (const name of await caches.keys()) await caches.delete(name);
}

async function unregisterWorkers(): Promise<void> {
  for (const worker of await navigator.serviceWorker.getRegistrations()) await worker.unregister();
}
