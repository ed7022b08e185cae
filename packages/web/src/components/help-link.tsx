import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { helpFor } from "../lib/help.ts";
import type { HelpTopic } from "../lib/help.ts";
import { fragmentOf } from "../lib/place.ts";
import { useModel } from "../model.ts";

/** From a message to what the help says of it, which stands over the page: nothing is left for it. */
export function HelpLink(about: { code: ErrorCode } | { topic: HelpTopic }) {
  const model = useModel();
  const help = "code" in about ? helpFor(about.code) : about.topic;
  return (
    <a
      class="help-link"
      href={fragmentOf({ view: "home", help })}
      onClick={(event) => {
        event.preventDefault();
        model.openHelp(help);
      }}
    >
      {texts().help.link}
    </a>
  );
}
