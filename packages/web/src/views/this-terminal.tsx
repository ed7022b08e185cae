import { afterOneAnother, clockTime, dayAndTime, spokenDuration } from "@signet/words";
import { texts } from "@signet/words/page";

import { FailureNotice } from "../components/failure-notice.tsx";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";

const soonMs = 30 * 60_000;

/** Who is signed in here, with which device, and for how long. */
export function ThisTerminal() {
  const model = useModel();
  const nowMs = useNow(30_000);
  const session = model.session.value;
  if (session.status !== "signedIn") return null;
  const leftMs = session.expiresAtMs - nowMs;
  return (
    <section class="card" aria-labelledby="terminal-title">
      <h2 id="terminal-title">{texts().home.thisBrowser}</h2>
      <dl class="facts">
        <dt>{texts().home.name}</dt>
        <dd>
          <bdi>{session.displayName}</bdi>
        </dd>
        <dt>{texts().home.device}</dt>
        <dd>
          {texts().devices.kinds[session.device.kind]} <code>{session.device.deviceId.slice(0, 8)}</code>
          {session.device.kind === "software" && <small>{texts().verification.meaning.software}</small>}
        </dd>
        <dt>{texts().home.ringsUntil}</dt>
        <dd>
          {leftMs < soonMs
            ? texts().home.untilFor(clockTime(session.expiresAtMs), spokenDuration(Math.max(0, leftMs)))
            : dayAndTime(session.expiresAtMs, nowMs)}
        </dd>
      </dl>
      <FailureNotice actions={["release"]} />
      <p class="hint">
        {afterOneAnother(
          texts().home.signOutHint,
          session.kept === true ? texts().home.staysSignedIn : texts().home.reloadSignsOut,
          ...(model.waking.state.value.status === "on" ? [texts().home.wokenAllTheSame] : []),
        )}
      </p>
    </section>
  );
}
