/** Voice messages for the person: each stands with its call, and those whose call is shown nowhere by themselves. */
import type { VoiceMessage } from "@signet/terminal";
import { dayAndTime } from "@signet/words";
import { texts } from "@signet/words/page";

import { Avatar } from "../components/avatar.tsx";
import { LooksLike } from "../components/looks-like.tsx";
import { MessagePlay } from "../components/message-play.tsx";
import { PersonName } from "../components/name.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { isLeftAfter, isLeftAfterMissed } from "../lib/history.ts";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";

/** What was left after one call, in its row. */
export function MessagesAfter({ messages }: { messages: readonly VoiceMessage[] }) {
  return (
    <>
      {messages.map((message) => (
        <Message key={message.id} message={message} isNamed />
      ))}
    </>
  );
}

/** Those of calls that stand neither among the missed ones nor in the history. */
export function OtherMessages() {
  const model = useModel();
  const nowMs = useNow(60_000);
  const { messages = [], missed = [] } = model.state.value;
  const others = messages.filter(
    (message) =>
      !missed.some((call) => isLeftAfterMissed(message, call)) &&
      !model.history.value.some((call) => isLeftAfter(message, call)),
  );
  if (others.length === 0) return null;
  return (
    <section class="card missed-calls" aria-labelledby="messages-title">
      <h2 id="messages-title">{texts().voice.title}</h2>
      <ul aria-label={texts().voice.list}>
        {others.toReversed().map((message) => {
          const { from } = message.call;
          return (
            <li key={message.id}>
              <div class="who">
                <Avatar userId={from.userId} name={from.displayName} />
                <div>
                  <PersonName userId={from.userId} name={from.displayName} />
                  <p class="muted">{texts().voice.leftOn(dayAndTime(message.leftAtMs, nowMs))}</p>
                </div>
              </div>
              <Message message={message} />
              <VerifiedBadge userId={from.userId} verification={from.verification} name={from.displayName} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface MessageProps {
  message: VoiceMessage;
  /** It says by itself whose it is. */
  isNamed?: boolean;
}

function Message({ message: { call, id, isHeard, lengthMs }, isNamed = false }: MessageProps) {
  const model = useModel();
  const text = texts().voice;
  const name = text.from(call.from.displayName);
  return (
    <div class="voice-message">
      <p class="voice-name">
        <bdi>{name}</bdi> {isNamed && <span class="user-id">{call.from.userId}</span>}
        {!isHeard && <span class="this-one">{text.isNew}</span>}
      </p>
      {isNamed && <LooksLike person={call.from} />}
      {lengthMs === undefined ? (
        <p class="hint">{text.notHere}</p>
      ) : (
        <MessagePlay
          name={name}
          lengthMs={lengthMs}
          load={() => model.terminal.messages.sound(id)}
          onHeard={() => void model.terminal.messages.heard(id).catch(() => undefined)}
        />
      )}
      <button
        type="button"
        class="button quiet small"
        aria-label={text.deleteOf(name)}
        onClick={() => void model.deleteMessage(id)}
      >
        {text.delete}
      </button>
    </div>
  );
}
