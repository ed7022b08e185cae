/** Nobody is signed in: what Signet is, and the way in. */
import { bothSentences, listOfNames, signedOutWords } from "@signet/words";
import { texts } from "@signet/words/page";

import { NotInThisBrowser } from "../components/not-in-this-browser.tsx";
import { Notice } from "../components/notice.tsx";
import { OtherTabs } from "../components/other-tabs.tsx";
import { rich } from "../lib/rich.ts";
import { useModel } from "../model.ts";
import { AddHere } from "./add-here.tsx";
import { AskRecovery } from "./ask-recovery.tsx";
import { KeptWithout } from "./kept-without.tsx";
import { LinkWaits } from "./linked-call.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function Welcome() {
  const model = useModel();
  const session = model.session.value;
  const isMoved = model.state.value.call?.end?.type === "moved";
  // That the device went elsewhere is what the summary of a moved call says.
  const reason = session.status === "signedOut" && !isMoved ? session.reason : undefined;
  const recovery = model.linkedRecovery.value;
  // Told by the server before anybody signs in.
  const letsGuestsIn = model.letsGuestsIn.value;
  const { lead, leadWithGuests, verifiedButGuests, verifiedText } = texts().signIn;
  return (
    <div class="welcome">
      <section class="welcome-words" aria-labelledby="welcome-title">
        <h1 id="welcome-title">{texts().signIn.title}</h1>
        <p class="lead">{letsGuestsIn ? leadWithGuests : lead}</p>
        <ul class="promises">
          <li>{rich(texts().signIn.noAccountText, <b>{texts().signIn.noAccount}</b>)}</li>
          <li>{rich(letsGuestsIn ? verifiedButGuests : verifiedText, <b>{texts().signIn.verified}</b>)}</li>
          <li>{rich(texts().signIn.encryptedText, <b>{texts().signIn.encrypted}</b>)}</li>
        </ul>
      </section>
      <div class="welcome-forms">
        {reason !== undefined && <Notice tone="info">{bothSentences(signedOutWords(reason))}</Notice>}
        {recovery !== undefined && (
          <Notice tone="info">{rich(texts().signIn.recoveryLink, <b>{recovery.userId}</b>)}</Notice>
        )}
        {model.linkedLettingIn.value !== "" && <Notice tone="info">{texts().carrying.signInFirst}</Notice>}
        <LinkWaits isInCall={false} />
        <NotInThisBrowser />
        <StillWoken />
        <OtherTabs />
        <KeptWithout />
        <SignInForm />
        <AddHere />
        <AskRecovery />
      </div>
    </div>
  );
}

/** Whoever left without signing out is still told here that they are called. */
function StillWoken() {
  const { waking } = useModel();
  const people = waking.wokenFor.value;
  if (people.length === 0) return null;
  return (
    <Notice tone="info">
      <p>{texts().signIn.stillWoken(listOfNames(people))}</p>
      <div class="row">
        <button type="button" class="button quiet small" onClick={() => void waking.turnOffForAll()}>
          {texts().signIn.stopWaking}
        </button>
      </div>
    </Notice>
  );
}
