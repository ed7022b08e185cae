/** Voice messages for the person: each stands with its call, and those whose call is shown nowhere by themselves. */
import type { CallId, VoiceMessage } from "@signet/terminal";
import { dayAndTime } from "@signet/words";
import { texts } from "@signet/words/page";

import { Avatar } from "../components/avatar.tsx";
import { MessagePlay } from "../components/message-play.tsx";
import { PersonName } from "../components/name.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";

/** What was left after this call. */
export function MessagesAfter({ callId }: { callId: CallId }) {
  const { messages = [] } = useModel().state.value;
  const own = messages.filter(({ call }) => call.callId === callId);
  return (
    <>
      {own.map((message) => (
        <Message key={message.id} message={message} />
      ))}
    </>
  );
}

/** Those of calls that stand neither among the missed ones nor in the history. */
export function OtherMessages() {
  const model = useModel();
  const nowMs = useNow(60_000);
  const { messages = [], missed = [] } = model.state.value;
  const shown = new Set([...missed, ...model.history.value].map(({ callId }) => callId));
  const others = messages.filter(({ call }) => !shown.has(call.callId));
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

function Message({ message: { call, id, isHeard, lengthMs } }: { message: VoiceMessage }) {
  const model = useModel();
  const text = texts().voice;
  const name = text.from(call.from.displayName);
  return (
    <div class="voice-message">
      <p class="voice-name">
        {name}
        {!isHeard && <span class="this-one">{text.isNew}</span>}
      </p>
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
