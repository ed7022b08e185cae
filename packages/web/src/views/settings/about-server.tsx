import type { ServerInfo } from "@signet/terminal";
import { listOfNames } from "@signet/words";
import { texts } from "@signet/words/page";

import { KeptEvidence } from "../../components/log-fault.tsx";
import { rich } from "../../lib/rich.ts";
import { useModel } from "../../model.ts";

/** What the server says of itself, in plain words. */
export function AboutServer() {
  const model = useModel();
  const { administrators = [], log, server } = model.state.value;
  const text = texts().settings;
  const isSignedIn = model.self.value !== undefined;
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
          <dt>{texts().aboutServer.administers}</dt>
          <dd>
            {administrators.length > 0
              ? listOfNames(administrators.map(model.wholeNameOf))
              : isSignedIn
                ? texts().aboutServer.nobody
                : texts().aboutServer.afterSignIn}
          </dd>
          <dt>{texts().log.title}</dt>
          <dd>
            {server.logKey === undefined
              ? texts().log.none
              : rich(texts().log.signedBy, <code>{server.logKey}</code>)}
            {log !== undefined && <p class="problem">{texts().log.notBelieved}</p>}
            <KeptEvidence />
          </dd>
          <dt>{text.newPeople}</dt>
          <dd>{text.registration[server.registration]}</dd>
          <dt>{text.callsHere}</dt>
          <dd>{text.mostInCall(server.limits.callMembers + 1)}</dd>
          <SaidOfItself server={server} />
        </dl>
      )}
      <p class="hint">{texts().aboutServer.itsWord}</p>
      <p class="hint">{text.serverSees}</p>
    </section>
  );
}

/** Servers of before say none of it. */
function SaidOfItself({ server: { about, echo } }: { server: ServerInfo }) {
  const model = useModel();
  const isRunning = echo === model.self.value || model.echo.value?.isRunning;
  const text = texts().aboutServer;
  const { untold } = text;
  return (
    <>
      <dt>{text.software}</dt>
      <dd>{about?.software ?? untold}</dd>
      <dt>{text.missedCalls}</dt>
      <dd>{about === undefined ? untold : text.keptDays(about.keepMissedDays)}</dd>
      <dt>{text.closedPages}</dt>
      <dd>{about === undefined ? untold : about.wakes ? text.wakes : text.wakesNot}</dd>
      <dt>{text.withoutUdp}</dt>
      <dd>{about === undefined ? untold : about.relays ? text.relays : text.relaysNot}</dd>
      <dt>{text.echo}</dt>
      <dd>
        {echo === undefined
          ? text.noEcho
          : isRunning === undefined
            ? text.echoUntold(echo)
            : (isRunning ? text.echoRuns : text.echoAway)(echo)}
      </dd>
    </>
  );
}
