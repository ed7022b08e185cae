import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { BellIcon } from "../components/icons.tsx";
import { notificationPermission } from "../lib/notifications.ts";
import { readStored, writeStored } from "../lib/storage.ts";
import { useModel } from "../model.ts";

/** Asked here, where one sees what for, and never on loading. */
export function NotificationCard() {
  const { waking } = useModel();
  const [permission, setPermission] = useState(notificationPermission);
  const [dismissed, setDismissed] = useState(() => readStored("noNotifications") === true);
  if (permission !== "default" || dismissed) return null;
  return (
    <section class="card tinted" aria-labelledby="notification-title">
      <h2 id="notification-title" class="with-icon">
        <BellIcon />
        {texts().home.hearIt}
      </h2>
      <p>{texts().home.hearText}</p>
      <div class="row">
        <button
          type="button"
          class="button primary small"
          onClick={() => void waking.turnOn().then(() => setPermission(notificationPermission()))}
        >
          {texts().home.allow}
        </button>
        <button
          type="button"
          class="button quiet small"
          onClick={() => {
            writeStored("noNotifications", true);
            setDismissed(true);
          }}
        >
          {texts().common.notNow}
        </button>
      </div>
    </section>
  );
}
