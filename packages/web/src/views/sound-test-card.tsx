import { texts } from "@signet/words/page";

import { CallIcon } from "../components/icons.tsx";
import { FailureNotice } from "../components/failure-notice.tsx";
import { TouchDialog } from "../components/touch-prompt.tsx";
import { useModel } from "../model.ts";
import type { Echo } from "../model/echo.ts";

/** Where the server names somebody who gives back what they hear: the whole way, as a call takes it. */
export function SoundTestCard() {
  const model = useModel();
  const echo = model.echo.value;
  if (echo === undefined || model.self.value === undefined) return null;
  return <EchoCard echo={echo} />;
}

function EchoCard({ echo: { isRunning, userId } }: { echo: Echo }) {
  const model = useModel();
  if (isRunning === false)
    return (
      <section class="card" aria-labelledby="echo-title">
        <h2 id="echo-title">{texts().sound.echo}</h2>
        <p class="muted">{texts().sound.echoNotRunning(userId)}</p>
      </section>
    );
  return (
    <section class="card" aria-labelledby="echo-title">
      <h2 id="echo-title">{texts().sound.echo}</h2>
      <p class="muted">{texts().sound.echoText(userId)}</p>
      {model.pending.value?.type === "call" && (
        <TouchDialog title={texts().common.touch} text={texts().home.touchCall(1)} onCancel={model.cancel} />
      )}
      <FailureNotice actions={["call"]} />
      <button
        type="button"
        class="button quiet wide"
        disabled={model.pending.value !== undefined}
        onClick={() => void model.call([userId])}
      >
        <CallIcon />
        {texts().sound.echoCall}
      </button>
    </section>
  );
}
