import type { Notice as Told } from "@signet/terminal";
import { sentence } from "@signet/words";
import { texts } from "@signet/words/page";

import { answeredElsewhereSentence } from "../lib/devices.ts";
import { historyWords } from "../lib/histories.ts";
import { useModel } from "../model.ts";
import { Notice } from "./notice.tsx";

/** What people's own devices signed since they were seen last: nothing to decide. Read out by {@link announcements}. */
export function News() {
  const model = useModel();
  const { answeredElsewhere, notices = [] } = model.state.value;
  return (
    <>
      {answeredElsewhere !== undefined && (
        <Notice tone="info">{answeredElsewhereSentence(answeredElsewhere)}</Notice>
      )}
      {notices.map((told) => (
        <OneNews key={told.id} told={told} />
      ))}
    </>
  );
}

function OneNews({ told }: { told: Told }) {
  const model = useModel();
  const isSelf = told.userId === model.self.value;
  const sentences = historyWords(told, model.self.value).map(sentence);
  const [only] = sentences;
  return (
    <Notice tone="info" title={isSelf ? texts().frame.yourDevices : texts().frame.newsOf(told.userId)}>
      {sentences.length === 1 ? (
        <p>{only}</p>
      ) : (
        <ul>
          {sentences.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      )}
      {isSelf && <p>{texts().frame.revokeUnknown}</p>}
      <div class="row">
        <button
          type="button"
          class="button quiet small"
          aria-label={isSelf ? texts().frame.closeAboutYours : texts().frame.closeAbout(told.userId)}
          onClick={() => model.terminal.dismissNotice(told.id)}
        >
          {texts().common.closeMessage}
        </button>
      </div>
    </Notice>
  );
}
