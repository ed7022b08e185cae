import type { UserId } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { CallIcon } from "../components/icons.tsx";
import { FailureNotice } from "../components/failure-notice.tsx";
import { useModel } from "../model.ts";

/** Where the server names somebody who gives back what they hear: the whole way, as a call takes it. */
export function SoundTestCard() {
  const model = useModel();
  const echo = model.state.value.server?.echo;
  if (echo === undefined || echo === model.self.value) return null;
  return <EchoCard echo={echo} />;
}

function EchoCard({ echo }: { echo: UserId }) {
  const model = useModel();
  return (
    <section class="card" aria-labelledby="echo-title">
      <h2 id="echo-title">{texts().sound.echo}</h2>
      <p class="muted">{texts().sound.echoText(echo)}</p>
      <FailureNotice actions={["call"]} />
      <button
        type="button"
        class="button quiet wide"
        disabled={model.pending.value !== undefined}
        onClick={() => void model.call([echo])}
      >
        <CallIcon />
        {texts().sound.echoCall}
      </button>
    </section>
  );
}
