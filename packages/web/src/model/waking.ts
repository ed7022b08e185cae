/** Whether this browser is woken when somebody calls while the page is closed. */
import { effect, signal, untracked } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { SignetError, UserId, toBase64Url } from "@signet/terminal";
import type { ErrorCode, QuietSettings, Terminal } from "@signet/terminal";
import { texts } from "@signet/words/page";

import {
  askForNotifications,
  notificationPermission,
  onNotificationPermission,
} from "../lib/notifications.ts";
import { quietTimesOf } from "../lib/quiet.ts";
import { keepNote } from "../lib/shell.ts";
import type { Shell } from "../lib/shell.ts";
import { ringWished } from "../lib/sound-wishes.ts";
import { readStored, writeStored } from "../lib/storage.ts";

export type WakingState =
  /** The browser has no push notifications, or not here. */
  | { readonly status: "unsupported" }
  | { readonly status: "off" }
  /** The person refused notifications: only they can allow them again, in the browser's own settings. */
  | { readonly status: "denied" }
  | { readonly status: "changing" }
  | { readonly status: "on" }
  | { readonly status: "failed"; readonly code: ErrorCode };

/** Who wants to be woken in this browser, which may be several people's. */
const wishers = (): readonly UserId[] => {
  const stored = readStored("wakes");
  return Array.isArray(stored) ? stored.filter((one): one is UserId => UserId.safeParse(one).success) : [];
};

/** @returns all who do then */
function wish(userId: UserId, isWished: boolean): readonly UserId[] {
  const others = wishers().filter((one) => one !== userId);
  const all = isWished ? [...others, userId] : others;
  writeStored("wakes", all);
  return all;
}

/** A worker that does not come to run in this time (ms) does not come. */
const workerMostMs = 15_000;

/** @param settings of who is signed in; undefined while they are not known */
export function createWaking(
  { waking }: Pick<Terminal, "waking">,
  self: ReadonlySignal<UserId | undefined>,
  { registered }: Pick<Shell, "registered">,
  settings: ReadonlySignal<QuietSettings | undefined>,
) {
  const state = signal<WakingState>(atFirst());
  const wokenFor = signal(wishers());
  /** Of the change that was asked for last. */
  let latest = 0;

  /** @param change what becomes of it */
  async function apply(change: () => Promise<WakingState>): Promise<void> {
    const own = ++latest;
    state.value = { status: "changing" };
    const next = await change().catch((error: unknown): WakingState => ({
      status: "failed",
      code: codeOf(error),
    }));
    if (own === latest) state.value = next;
  }

  async function subscribed(): Promise<WakingState> {
    const key = await waking.key();
    if ((await registered) === undefined) return { status: "unsupported" };
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, workerMostMs, undefined));
    // Only with one that runs a browser subscribes.
    const registration = await Promise.race([navigator.serviceWorker.ready, late]);
    if (registration === undefined) throw new SignetError("push.noService");
    const subscription = await subscriptionFor(registration.pushManager, key);
    const keyOf = (name: PushEncryptionKeyName) =>
      new Uint8Array(subscription.getKey(name) ?? new ArrayBuffer());
    const { endpoint } = subscription;
    await waking.subscribe({ endpoint, p256dh: keyOf("p256dh"), auth: keyOf("auth") });
    return { status: "on" };
  }

  /** Nobody is woken here for this person any more; what others wish stays. */
  async function unsubscribed(): Promise<WakingState> {
    const subscription = await (await registered)?.pushManager.getSubscription();
    if (!subscription) return { status: "off" };
    try {
      await waking.unsubscribe(subscription.endpoint);
    } finally {
      // Also where the server cannot be told: the push service tells it, then.
      if (wishers().length === 0) await subscription.unsubscribe();
    }
    return { status: "off" };
  }

  function begin(userId: UserId): void {
    latest += 1;
    const first = atFirst();
    const isWished = wishers().includes(userId);
    state.value = first;
    if (first.status === "off" && isWished) void apply(subscribed);
    // What could not be taken back before.
    if (first.status === "off" && !isWished) void unsubscribed().catch(() => undefined);
  }

  // Said anew at each sign-in: addresses change, and the server forgets who was not there for long.
  effect(() => {
    const { value } = self;
    if (value === undefined) latest += 1;
    else untracked(() => begin(value));
  });
  // The person allowed or refused notifications, in the browser's own settings.
  onNotificationPermission(() => {
    const userId = self.peek();
    if (userId !== undefined && state.peek().status !== "changing") begin(userId);
  });

  effect(() => {
    const { openAndTouch, somebodyCalls } = texts().incoming;
    const quiet = settings.value && quietTimesOf(settings.value);
    const people = wokenFor.value.map(
      (userId) => [userId, userId === self.value ? quiet : undefined] as const,
    );
    if (people.length === 0) return;
    const words = { title: somebodyCalls, body: openAndTouch, language: document.documentElement.lang };
    void keepNote({ ...words, vibrates: ringWished.value.vibrates }, new Map(people));
  });

  return {
    state: state as ReadonlySignal<WakingState>,
    turnOn: () =>
      apply(async () => {
        const permission = await askForNotifications();
        if (permission === "unsupported" || permission === "denied") return atFirst();
        const userId = self.peek();
        // Neither allowed nor refused: the question was closed.
        if (permission === "default" || userId === undefined) return { status: "off" };
        wokenFor.value = wish(userId, true);
        return subscribed();
      }),
    turnOff: () =>
      apply(() => {
        const userId = self.peek();
        if (userId !== undefined) wokenFor.value = wish(userId, false);
        return unsubscribed();
      }),
    /** Whom this browser is woken for, also where nobody is signed in. */
    wokenFor: wokenFor as ReadonlySignal<readonly UserId[]>,
    /** For nobody any more: where nobody is signed in the server cannot be told, and hears it from the push service. */
    turnOffForAll: async (): Promise<void> => {
      writeStored("wakes", []);
      wokenFor.value = [];
      const subscription = await (await registered)?.pushManager.getSubscription();
      await subscription?.unsubscribe();
    },
    /** Before the person signs out here: nothing wakes this browser for them until they choose it anew. */
    beforeRelease: async (): Promise<void> => {
      const { status } = state.peek();
      const userId = self.peek();
      if (userId === undefined || (status !== "on" && status !== "failed")) return;
      wokenFor.value = wish(userId, false);
      await unsubscribed().catch(() => undefined);
    },
  };
}

function atFirst(): WakingState {
  if (!("PushManager" in globalThis) || !("serviceWorker" in navigator)) return { status: "unsupported" };
  return { status: notificationPermission() === "denied" ? "denied" : "off" };
}

/** One for this server's key: another one is of a server that was here before. */
async function subscriptionFor(
  manager: PushManager,
  key: Uint8Array<ArrayBuffer>,
): Promise<PushSubscription> {
  const kept = await manager.getSubscription();
  const keptKey = new Uint8Array(kept?.options.applicationServerKey ?? new ArrayBuffer());
  if (kept !== null && toBase64Url(keptKey) === toBase64Url(key)) return kept;
  await kept?.unsubscribe();
  try {
    return await manager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  } catch (error) {
    throw new SignetError("push.noService", error);
  }
}

const codeOf = (error: unknown): ErrorCode => (error instanceof SignetError ? error.code : "terminal.failed");
