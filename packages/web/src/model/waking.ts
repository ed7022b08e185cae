/** Whether this browser is woken when somebody calls while the page is closed. */
import { effect, signal, untracked } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import { SignetError, toBase64Url } from "@signet/terminal";
import type { ErrorCode, Terminal, UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

import {
  askForNotifications,
  notificationPermission,
  onNotificationPermission,
} from "../lib/notifications.ts";
import { keepWords } from "../lib/shell.ts";
import type { Shell } from "../lib/shell.ts";
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

const wish = "wakes";

export function createWaking(
  { waking }: Pick<Terminal, "waking">,
  self: ReadonlySignal<UserId | undefined>,
  { registered }: Pick<Shell, "registered">,
) {
  const state = signal<WakingState>(atFirst());
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
    const registration = await registered;
    if (registration === undefined) return { status: "unsupported" };
    const subscription = await subscriptionFor(registration.pushManager, key);
    const keyOf = (name: PushEncryptionKeyName) =>
      new Uint8Array(subscription.getKey(name) ?? new ArrayBuffer());
    const { endpoint } = subscription;
    await waking.subscribe({ endpoint, p256dh: keyOf("p256dh"), auth: keyOf("auth") });
    return { status: "on" };
  }

  function begin(): void {
    latest += 1;
    const first = atFirst();
    if (first.status === "off" && readStored(wish) === true) void apply(subscribed);
    else state.value = first;
  }

  // Said anew at each sign-in: addresses change, and the server forgets who was not there for long.
  effect(() => {
    if (self.value !== undefined) untracked(begin);
    else latest += 1;
  });
  // The person allowed or refused notifications, in the browser's own settings.
  onNotificationPermission(() => {
    if (self.peek() !== undefined && state.peek().status !== "changing") begin();
  });

  effect(() => {
    if (state.value.status !== "on") return;
    const { openAndTouch, somebodyCalls } = texts().incoming;
    void keepWords({ title: somebodyCalls, body: openAndTouch, language: document.documentElement.lang });
  });

  return {
    state: state as ReadonlySignal<WakingState>,
    turnOn: () =>
      apply(async () => {
        const permission = await askForNotifications();
        if (permission === "unsupported" || permission === "denied") return atFirst();
        // Neither allowed nor refused: the question was closed.
        if (permission === "default") return { status: "off" };
        writeStored(wish, true);
        return subscribed();
      }),
    turnOff: () =>
      apply(async () => {
        writeStored(wish, false);
        const subscription = await (await registered)?.pushManager.getSubscription();
        if (!subscription) return { status: "off" };
        // The server first: what the browser gave up, the push service tells it with the next call.
        await waking.unsubscribe(subscription.endpoint);
        await subscription.unsubscribe();
        return { status: "off" };
      }),
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
