import { useState } from "preact/hooks";

import { FailureNotice } from "../components/failure-notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { clockTime, dayAndTime, spokenDuration } from "../lib/duration.ts";
import { useNow } from "../lib/hooks.ts";
import { deviceKindMeaning, deviceKindWords } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { RenamePerson } from "./change-device.tsx";

const soonMs = 30 * 60_000;

/** Who is signed in here, with which device, and for how long. */
export function ThisTerminal() {
  const model = useModel();
  const nowMs = useNow(30_000);
  const [renaming, setRenaming] = useState(false);
  const session = model.session.value;
  if (session.status !== "signedIn") return null;
  const leftMs = session.expiresAtMs - nowMs;
  return (
    <section class="card" aria-labelledby="terminal-title">
      <h2 id="terminal-title">This browser</h2>
      <dl class="facts">
        <dt>Name</dt>
        <dd>{session.displayName}</dd>
        <dt>Device</dt>
        <dd>
          {deviceKindWords[session.device.kind]} <code>{session.device.deviceId.slice(0, 8)}</code>
          {session.device.kind === "software" && <small>{deviceKindMeaning.software}</small>}
        </dd>
        <dt>Rings here until</dt>
        <dd>
          {leftMs < soonMs
            ? `${clockTime(session.expiresAtMs)}, for ${spokenDuration(Math.max(0, leftMs))} more`
            : dayAndTime(session.expiresAtMs, nowMs)}
        </dd>
      </dl>
      <div class="row">
        <button type="button" class="button quiet small" onClick={() => setRenaming(true)}>
          Change name
        </button>
      </div>
      <FailureNotice actions={["release", "rename"]} />
      {renaming && <RenamePerson name={session.displayName} onClose={() => setRenaming(false)} />}
      {model.pending.value?.type === "rename" && (
        <TouchDialog
          title="Touch the device that you signed in with"
          text="It signs your new name."
          onCancel={model.cancel}
        />
      )}
      <p class="hint">
        Sign in with your device anywhere else, and it rings there instead. Sign out here when you leave this
        browser to others.{" "}
        {session.kept === true
          ? "Loading the page anew keeps you signed in, and so does opening it again within two minutes."
          : "Reloading or closing the page signs you out: touch again."}
      </p>
    </section>
  );
}
