import { texts } from "@signet/words/page";

import { useModel } from "../../model.ts";

/** What the server says of itself, in plain words. */
export function AboutServer() {
  const { server } = useModel().state.value;
  const text = texts().settings;
  return (
    <section class="card" aria-labelledby="server-title">
      <h2 id="server-title">{text.titles.server}</h2>
      {server === undefined ? (
        <p class="muted">{texts().frame.notAnsweredYet}</p>
      ) : (
        <dl class="facts">
          <dt>{text.address}</dt>
          <dd>
            <code>{server.serverOrigin}</code>
          </dd>
          <dt>{text.newPeople}</dt>
          <dd>{text.registration[server.registration]}</dd>
          <dt>{text.callsHere}</dt>
          <dd>{text.mostInCall(server.limits.callMembers + 1)}</dd>
        </dl>
      )}
      <p class="hint">{text.serverSees}</p>
    </section>
  );
}
