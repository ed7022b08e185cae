import { texts } from "@signet/words/page";

import { HowToLink } from "../../components/help-link.tsx";
import { QuietChoices } from "./quiet-choices.tsx";
import { ChangeWhenClosed, WhenClosed } from "../when-closed.tsx";

export function NotificationSettings() {
  return (
    <section class="card" aria-labelledby="notifications-title">
      <h2 id="notifications-title">{texts().settings.titles.notifications}</h2>
      <dl class="facts">
        <WhenClosed />
      </dl>
      <ChangeWhenClosed />
      <p class="hint">{texts().settings.whenClosedHint}</p>
      <h3>{texts().settings.quiet}</h3>
      <QuietChoices />
      <HowToLink topic="quiet" />
    </section>
  );
}
