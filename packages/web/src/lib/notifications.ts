import { ringWish } from "./sound-wishes.ts";
import { vibration } from "./worker-note.ts";

export type NotificationPermissionState = "granted" | "denied" | "default" | "unsupported";

export function notificationPermission(): NotificationPermissionState {
  return "Notification" in globalThis ? Notification.permission : "unsupported";
}

export function askForNotifications(): Promise<NotificationPermissionState> {
  return "Notification" in globalThis ? Notification.requestPermission() : Promise.resolve("unsupported");
}

/** Also of what is changed in the browser's own settings. */
export function onNotificationPermission(changed: () => void): void {
  // Not every browser tells of it.
  const { permissions } = navigator as { readonly permissions?: Permissions };
  void permissions?.query({ name: "notifications" }).then(
    (status) => status.addEventListener("change", changed),
    () => undefined,
  );
}

/** Tells of a call while the page is not in view. @returns takes it back */
export function notifyOfCall(title: string, body: string, tag: string): () => void {
  if (notificationPermission() !== "granted") return () => {};
  try {
    const notification = new Notification(title, {
      body,
      tag,
      icon: "/icon-192.png",
      requireInteraction: true,
    });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
    return () => notification.close();
  } catch {
    // Chromium on Android throws: notifications are the service worker's there.
    return notifyByWorker(title, body, tag);
  }
}

function notifyByWorker(title: string, body: string, tag: string): () => void {
  const { serviceWorker } = navigator as { readonly serviceWorker?: ServiceWorkerContainer };
  let isOver = false;
  const close = async (): Promise<void> => {
    const shown = await (await serviceWorker?.getRegistration())?.getNotifications({ tag });
    for (const notification of shown ?? []) notification.close();
  };
  const show = async (): Promise<void> => {
    const registration = await serviceWorker?.getRegistration();
    const options = {
      body,
      tag,
      icon: "/icon-192.png",
      requireInteraction: true,
      // A page that is out of sight may not make the telephone vibrate itself.
      ...(ringWish().vibrates ? { vibrate: vibration } : {}),
    };
    await registration?.showNotification(title, options);
    if (isOver) await close();
  };
  // What cannot be shown rings all the same.
  void show().catch(() => undefined);
  return () => {
    isOver = true;
    void close().catch(() => undefined);
  };
}
