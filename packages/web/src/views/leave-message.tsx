/** After a call that somebody did not come to: a voice message for them, with who can hear it, or why none can be left. */
import { SignetError, unanswered } from "@signet/terminal";
import type { CallView, ErrorCode, MessageEars, NotLeft, UserId } from "@signet/terminal";
import { errorWords, listOfNames, otherDeviceWords, sentence } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { HelpLink, HowToLink } from "../components/help-link.tsx";
import { canRecord } from "../lib/message-recorder.ts";
import { useModel } from "../model.ts";
import { RecordMessage } from "./record-message.tsx";

const dayMs = 24 * 3_600_000;

/** Of one whom the call did not reach. */
type Found = { readonly userId: UserId } & ({ readonly ears: MessageEars } | { readonly code: ErrorCode });

export function LeaveMessage({ call }: { call: CallView }) {
  const model = useModel();
  const { messages } = model.terminal;
  const echo = model.state.value.server?.echo;
  // Nobody hears what is left for who gives back what one says.
  const userIds = unanswered(call).filter((userId) => userId !== echo);
  const [found, setFound] = useState<readonly Found[]>();
  const [isAble, setIsAble] = useState<boolean>();
  const [isSent, setIsSent] = useState(false);
  const [notLeft, setNotLeft] = useState<readonly NotLeft[]>([]);
  const asked = userIds.join(" ");
  useEffect(() => {
    let isOver = false;
    const look = async (): Promise<void> => {
      const all = await Promise.all(userIds.map((userId) => earsOf((one) => messages.earsOf(one), userId)));
      const able = await canRecord();
      if (isOver) return;
      setFound(all);
      setIsAble(able);
    };
    void look();
    return () => {
      isOver = true;
    };
    // Who they are is all that it depends on.
  }, [asked, messages]);
  const heading = useRef<HTMLHeadingElement>(null);
  if (userIds.length === 0) return null;
  const text = texts().voice;
  const nameOf = (userId: UserId): string => {
    const one = call.participants.find((person) => person.userId === userId);
    return one === undefined || one.guest !== undefined ? userId : one.displayName;
  };
  const reached = found?.filter((one) => "ears" in one) ?? [];
  return (
    <section class="leave-message" aria-labelledby="leave-message-title">
      <h3 id="leave-message-title" ref={heading} tabIndex={-1}>
        {text.leave}
      </h3>
      <HowToLink topic="messages" />
      {found === undefined && (
        <p class="muted" role="status">
          {text.looking}
        </p>
      )}
      {found?.map((one) =>
        "ears" in one ? (
          <p key={one.userId} class="hint">
            {text.heardBy(nameOf(one.userId), devicesOf(one.ears))}
          </p>
        ) : (
          <div key={one.userId}>
            <p>
              {text.cannotBe(nameOf(one.userId))} {sentence(errorWords(one.code).happened)}
            </p>
            <HelpLink code={one.code} />
          </div>
        ),
      )}
      {reached.length > 0 && isAble === false && <p>{text.cannotRecord}</p>}
      {reached.length > 0 && isAble === true && (
        <>
          <p class="hint">
            {text.keptFor(
              Math.max(1, Math.round(Math.min(...reached.map(({ ears }) => ears.keptMs)) / dayMs)),
            )}
          </p>
          {notLeft.length > 0 && (
            <p role="status">{text.notLeft(listOfNames(notLeft.map(({ userId }) => nameOf(userId))))}</p>
          )}
          {isSent ? (
            <p role="status">{text.sent}</p>
          ) : (
            <RecordMessage
              send={async (sound) => {
                const left = await messages.leave(
                  call.callId,
                  reached.map(({ userId }) => userId),
                  sound,
                );
                setNotLeft(left);
                if (left[0] !== undefined) throw new SignetError(left[0].code);
                setIsSent(true);
                heading.current?.focus();
              }}
            />
          )}
        </>
      )}
    </section>
  );
}

async function earsOf(ask: (userId: UserId) => Promise<MessageEars>, userId: UserId): Promise<Found> {
  try {
    return { userId, ears: await ask(userId) };
  } catch (error) {
    return { userId, code: error instanceof SignetError ? error.code : "terminal.failed" };
  }
}

const devicesOf = ({ devices }: MessageEars): string =>
  listOfNames(devices.map(({ name }) => otherDeviceWords(name)));
