import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { helpFor } from "../lib/help.ts";
import { fragmentOf } from "../lib/place.ts";
import { useModel } from "../model.ts";

/** From a message to what the help says of it, which stands over the page: nothing is left for it. */
export function HelpLink({ code }: { code: ErrorCode }) {
  const model = useModel();
  const help = helpFor(code);
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
