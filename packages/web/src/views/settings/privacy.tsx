/** Who is kept away, and what is kept of one, where, and how it goes. */
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";
import { useState } from "preact/hooks";

import { HowToLink } from "../../components/help-link.tsx";
import { Question } from "../../components/question.tsx";
import { forgetRisk } from "../../lib/forget.ts";
import { useModel } from "../../model.ts";
import { BlockedPeople } from "./blocked-people.tsx";
import { PresenceChoices } from "./presence-choices.tsx";

export function Privacy() {
  const model = useModel();
  const [asking, setAsking] = useState(false);
  const { inBrowser, atServer } = texts().settings.kept;
  return (
    <section class="card" aria-labelledby="privacy-title">
      <h2 id="privacy-title">{texts().settings.titles.privacy}</h2>
      {model.self.value !== undefined && (
        <>
          <PresenceChoices />
          <BlockedPeople />
        </>
      )}
      <h3>{inBrowser.title}</h3>
      <ul class="kept">
        {inBrowser.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <h3>{atServer.title}</h3>
      <ul class="kept">
        {atServer.points.map((point) => (
          <li key={point}>{point}</li>
        ))}
      </ul>
      <p class="hint">{texts().settings.afterSignOut}</p>
      <HowToLink topic="otherHands" />
      <button type="button" class="button danger-quiet wide" onClick={() => setAsking(true)}>
        {texts().settings.forget}
      </button>
      {asking && <ForgetQuestion userIds={model.rememberedIds.value} onClose={() => setAsking(false)} />}
    </section>
  );
}

/** Nothing brings it back, so it is asked before. */
function ForgetQuestion({ onClose, userIds }: { userIds: readonly string[]; onClose: () => void }) {
  const model = useModel();
  const { connection, personal } = model.state.value;
  const risk = forgetRisk(personal, userIds.length > 0);
  return (
    <Question
      title={texts().settings.forgetTitle}
      yes={texts().settings.forgetIt}
      isDanger
      onYes={() => void model.forgetAll()}
      onClose={onClose}
    >
      <p>{texts().settings.forgetText}</p>
      {userIds.length > 0 && <p>{texts().settings.forgetWhom(listOfNames(userIds))}</p>}
      {risk !== undefined && <p class="problem">{texts().settings.forgetRisks[risk]}</p>}
      {model.otherTabs.value.length > 0 && <p class="problem">{texts().settings.forgetOtherTab}</p>}
      {personal !== undefined && connection.status !== "online" && <p>{texts().settings.forgetOffline}</p>}
    </Question>
  );
}
