import type { ErrorCode } from "@signet/terminal";
import { texts } from "@signet/words/page";

import { helpFor } from "../lib/help.ts";
import type { HelpTopic } from "../lib/help.ts";
import { fragmentOf } from "../lib/place.ts";
import { useModel } from "../model.ts";

/** From a message to what the help says of it, which stands over the page: nothing is left for it. */
export function HelpLink(about: { code: ErrorCode } | { topic: HelpTopic }) {
  return <ToHelp topic={"code" in about ? helpFor(about.code) : about.topic} words={texts().help.link} />;
}

/** From where something is done to what the help says of how. */
export function HowToLink({ topic }: { topic: HelpTopic }) {
  const { help } = texts();
  return <ToHelp topic={topic} words={help.how} label={help.howOf(help.topics[topic].title)} />;
}

interface ToHelpProps {
  topic: HelpTopic;
  words: string;
  /** Several stand in one view: for whoever hears them without what is around. */
  label?: string;
}

function ToHelp({ label, topic, words }: ToHelpProps) {
  const model = useModel();
  return (
    <a
      class="help-link"
      href={fragmentOf({ view: "home", help: topic })}
      aria-label={label}
      onClick={(event) => {
        event.preventDefault();
        model.openHelp(topic);
      }}
    >
      {words}
    </a>
  );
}
