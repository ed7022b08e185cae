/** Voice messages for the person: each stands with its call, and those whose call is shown nowhere by themselves. */
import type { VoiceMessage } from "@signet/terminal";
import { dayAndTime } from "@signet/words";
import { texts } from "@signet/words/page";

import { LooksLike } from "../components/looks-like.tsx";
import { MessagePlay } from "../components/message-play.tsx";
import { PersonName } from "../components/name.tsx";
import { PersonAvatar } from "../components/person-avatar.tsx";
import { VerifiedBadge } from "../components/verified-badge.tsx";
import { isLeftAfter, isLeftAfterMissed } from "../lib/history.ts";
import { useNow } from "../lib/hooks.ts";
import { isKnown } from "../lib/known.ts";
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

/** Those that were not heard, and stand further down with their call: told of where missed calls are, with the way to them. */
export function NewMessages() {
  const model = useModel();
  const nowMs = useNow(60_000);
  const { messages = [], missed = [] } = model.state.value;
  const below = messages.filter(
    (message) =>
      !message.isHeard &&
      !missed.some((call) => isLeftAfterMissed(message, call)) &&
      model.history.value.some((call) => isLeftAfter(message, call)),
  );
  if (below.length === 0) return null;
  const text = texts().voice;
  return (
    <section class="card missed-calls" aria-labelledby="new-messages-title">
      <div class="card-head">
        <h2 id="new-messages-title">{text.newOnes(below.length)}</h2>
        <HeardThem messages={below} />
      </div>
      <ul aria-label={text.newOnes(below.length)}>
        {below.toReversed().map(({ call: { from }, id, leftAtMs }) => (
          <li key={id}>
            <div class="who">
              <PersonAvatar
                userId={from.userId}
                name={from.displayName}
                isKnown={isKnown(from.verification)}
              />
              <div>
                <PersonName userId={from.userId} name={from.displayName} />
                <p class="muted">{text.leftOn(dayAndTime(leftAtMs, nowMs))}</p>
              </div>
              <button
                type="button"
                class="button primary small"
                aria-label={text.goToOf(text.from(from.displayName))}
                onClick={() => goToMessage(id)}
              >
                {text.goTo}
              </button>
            </div>
            <LooksLike person={from} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** They may have been heard at another terminal, which this one does not learn. */
function HeardThem({ messages }: { messages: readonly VoiceMessage[] }) {
  const { terminal } = useModel();
  const unheard = messages.filter(({ isHeard }) => !isHeard);
  if (unheard.length === 0) return null;
  const say = (): void => {
    for (const { id } of unheard) void terminal.messages.heard(id).catch(() => undefined);
  };
  return (
    <button type="button" class="button quiet small" onClick={say}>
      {texts().voice.heardThem}
    </button>
  );
}

const placeId = (id: string): string => `message-${id}`;

/** To what one does with it: play it, or delete what cannot be played here. */
function goToMessage(id: string): void {
  const place = document.getElementById(placeId(id));
  place?.scrollIntoView({ block: "center" });
  place?.querySelector("button")?.focus({ preventScroll: true });
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
      <div class="card-head">
        <h2 id="messages-title">{texts().voice.title}</h2>
        <HeardThem messages={others} />
      </div>
      <ul aria-label={texts().voice.list}>
        {others.toReversed().map((message) => {
          const { from } = message.call;
          return (
            <li key={message.id}>
              <div class="who">
                <PersonAvatar
                  userId={from.userId}
                  name={from.displayName}
                  isKnown={isKnown(from.verification)}
                />
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
    <div id={placeId(id)} class="voice-message">
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
