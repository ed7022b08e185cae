import type { UserId } from "@signet/terminal";
import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useState } from "preact/hooks";

import { isBlockedIn } from "../model/blocking.ts";
import { useModel } from "../model.ts";
import { HelpLink, HowToLink } from "./help-link.tsx";
import { Notice } from "./notice.tsx";
import { Question } from "./question.tsx";

interface Blockable {
  userId: UserId;
  /** Said with the user ID wherever it is not beside it. */
  name: string;
}

/** Blocks somebody, after saying what that does, or takes it back at once. */
export function BlockButton({ name, userId }: Blockable) {
  const model = useModel();
  const [isAsking, setIsAsking] = useState(false);
  const isBlocked = isBlockedIn(model.blocked.value, userId);
  const isOffline = model.state.value.connection.status !== "online";
  const text = texts().blocking;
  return (
    <div class="stack block-one">
      {isBlocked === true && <p class="told">{text.youBlock(name)}</p>}
      <button
        type="button"
        class={isBlocked === true ? "button quiet" : "button danger-quiet"}
        disabled={isOffline}
        onClick={() => (isBlocked === true ? void model.unblock(userId) : setIsAsking(true))}
      >
        {(isBlocked === true ? text.unblock : text.block)(name)}
      </button>
      <BlockRefused userId={userId} />
      {isAsking && (
        <BlockQuestion
          title={text.title(name)}
          yes={text.blockIt}
          onYes={() => void model.block(userId)}
          onClose={() => setIsAsking(false)}
        />
      )}
    </div>
  );
}

interface BlockQuestionProps {
  title: string;
  /** What happens before. */
  first?: string;
  yes: string;
  onYes: () => void;
  onClose: () => void;
}

/** What blocking does, and what it does not. */
export function BlockQuestion({ first, ...question }: BlockQuestionProps) {
  const text = texts().blocking;
  return (
    <Question {...question} isDanger>
      {first !== undefined && <p>{first}</p>}
      <p>{text.whatItDoes}</p>
      <p class="hint">{text.whatItDoesNot}</p>
      <HowToLink topic="blocking" />
    </Question>
  );
}

/** Why it was not done, where it was asked for; gone with that place. */
export function BlockRefused({ userId }: Pick<Blockable, "userId">) {
  const model = useModel();
  const { blockFailure, forgetBlockFailure } = model;
  useEffect(() => forgetBlockFailure, [forgetBlockFailure]);
  const failure = blockFailure.value;
  return failure === undefined || failure.userId !== userId ? null : (
    <Notice tone="warning" alert>
      <p>{sentenceFor(failure.code)}</p>
      <HelpLink code={failure.code} />
    </Notice>
  );
}
