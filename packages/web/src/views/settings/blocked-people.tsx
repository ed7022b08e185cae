import { sentenceFor } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect } from "preact/hooks";

import { HelpLink, HowToLink } from "../../components/help-link.tsx";
import { Avatar } from "../../components/avatar.tsx";
import { BlockRefused } from "../../components/block-button.tsx";
import { PersonName } from "../../components/name.tsx";
import { useModel } from "../../model.ts";

/** Whom one blocks, and the way back. */
export function BlockedPeople() {
  const model = useModel();
  const blocked = model.blocked.value;
  const isOffline = model.state.value.connection.status !== "online";
  const text = texts().blocking;
  const userIds = blocked.status === "known" ? blocked.userIds : undefined;
  const { unknownAmong } = model;
  useEffect(() => {
    if (userIds !== undefined && userIds.length > 0) void unknownAmong(userIds);
  }, [unknownAmong, userIds]);
  return (
    <section class="stack" aria-labelledby="blocked-title">
      <h3 id="blocked-title" tabIndex={-1}>
        {text.listTitle}
      </h3>
      {blocked.status === "unknown" && <HelpLink code={blocked.code} />}
      {userIds === undefined || userIds.length === 0 ? (
        <p class="muted">
          {blocked.status === "unknown"
            ? sentenceFor(blocked.code)
            : userIds === undefined
              ? isOffline
                ? text.offline
                : texts().common.askingServer
              : text.nobody}
        </p>
      ) : (
        <ul class="people blocked" aria-label={text.listTitle}>
          {userIds.map((userId) => {
            const name = model.nameOf(userId);
            return (
              <li key={userId}>
                <Avatar userId={userId} name={name} />
                <span class="person-facts">
                  <PersonName userId={userId} name={name} />
                  <BlockRefused userId={userId} />
                </span>
                <button
                  type="button"
                  class="button quiet small"
                  aria-label={text.unblock(model.wholeNameOf(userId))}
                  disabled={isOffline}
                  onClick={() => {
                    // What was clicked goes with the person.
                    void model
                      .unblock(userId)
                      .then((isDone) => isDone && document.getElementById("blocked-title")?.focus());
                  }}
                >
                  {text.unblockIt}
                </button>
              </li>
            );
          })}
        </ul>
      )}
      <p class="hint">{text.whatItDoes}</p>
      <p class="hint">{text.whatItDoesNot}</p>
      <p class="hint">{text.fromWhere}</p>
      <HowToLink topic="blocking" />
    </section>
  );
}
