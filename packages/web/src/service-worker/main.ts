/**
 * What runs when the page does not: opens the page where the server cannot be reached, and says that somebody calls. It is built as one file that one can read,
 * and every browser runs it: of the page it has only what the page leaves for it (lib/worker-note.ts).
 */
import { noteCache, notePath, notificationFor, readNote } from "../lib/worker-note.ts";

declare const self: ServiceWorkerGlobalScope;

/** Of this build; the build writes both (tools/service-worker.ts). */
declare const shellVersion: string;
declare const shellFiles: readonly string[];

/**
 * The page and all that it loads. One for each build: a page that is open when the server gets another build finds what it has not loaded yet here. So a newer
 * worker waits, as is the rule, until all pages of the older one are closed, or the only one that is open asks it in.
 */
const shellPrefix = "signet-shell-";
const shell = `${shellPrefix}${shellVersion}`;
/** A network that swallows what is sent to it would leave nothing to be seen (ms). */
const pageMostMs = 4_000;

self.addEventListener("install", (event) => {
  const fill = async (): Promise<void> => {
    // Past the browser's own cache, which might hold an earlier page.
    const requests = shellFiles.map((path) => new Request(path, { cache: "reload" }));
    await (await caches.open(shell)).addAll(requests);
  };
  event.waitUntil(fill());
});

self.addEventListener("activate", (event) => {
  const clear = async (): Promise<void> => {
    const names = await caches.keys();
    await Promise.all(
      names
        .filter((name) => name.startsWith(shellPrefix) && name !== shell)
        .map((name) => caches.delete(name)),
    );
    // The page that brought it is of the same build.
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && (isPage(pathname) || isVerify(pathname)))
    event.respondWith(page(request));
  else if (pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

/** At its beginning, or with somebody ready to be called. */
const isPage = (pathname: string): boolean => pathname === "/" || /^\/call\/[^/]*$/.test(pathname);
/** Where files are verified: the same page, which nobody calls. */
const isVerify = (pathname: string): boolean => pathname === "/verify";
/** And what loads from the build that is kept: the page of a guest, too, who may be in a call. */
const isOfBuild = (pathname: string): boolean =>
  isPage(pathname) || isVerify(pathname) || pathname === "/guest";

/** The server's, since it is the newest; the kept one where the server does not answer. */
async function page(request: Request): Promise<Response> {
  const kept = await caches.match("/", { cacheName: shell });
  const asked = fetch(request);
  if (kept === undefined) return asked;
  const late = new Promise<Response>((resolve) => setTimeout(resolve, pageMostMs, kept));
  // An answer that is none of the page, of a proxy or a server that is starting, is no reason to show nothing.
  const answered = asked.then(
    (response) => (response.ok || response.type === "opaqueredirect" ? response : kept),
    () => kept,
  );
  return Promise.race([answered, late]);
}

/** Their names change with what is in them: those of another build, which a newer worker keeps already, are found as well. */
const asset = async (request: Request): Promise<Response> => (await caches.match(request)) ?? fetch(request);

/** Said by a page that is about to be loaded anew: where no other is open, this newer worker need not wait any longer. */
self.addEventListener("message", (event) => {
  if (event.data === "takeOver") event.waitUntil(takeOver());
});

async function takeOver(): Promise<void> {
  if ((await openPages(isOfBuild)).length <= 1) await self.skipWaiting();
}

self.addEventListener("push", (event) => event.waitUntil(tellOfCall()));

async function tellOfCall(): Promise<void> {
  const kept = await caches.match(notePath, { cacheName: noteCache });
  const now = new Date();
  const note = readNote(await kept?.json());
  const { options, title } = notificationFor(note, now.getHours() * 60 + now.getMinutes());
  await self.registration.showNotification(title, options);
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(show());
});

async function show(): Promise<void> {
  const [open] = await openPages(isPage);
  await (open === undefined ? self.clients.openWindow("/") : open.focus());
}

async function openPages(isMeant: (pathname: string) => boolean): Promise<readonly WindowClient[]> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  // What else the server has is no page of ours.
  return windows.filter(({ url }) => isMeant(new URL(url).pathname));
}
