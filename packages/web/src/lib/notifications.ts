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
    const notification = new Notification(title, { body, tag, icon: "/icon.svg", requireInteraction: true });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
    return () => notification.close();
  } catch {
    // Chromium on Android throws: notifications need a service worker there.
    return () => {};
  }
}
