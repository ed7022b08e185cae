/** Nobody is signed in: what Signet is, and the way in. */
import { NotInThisBrowser } from "../components/not-in-this-browser.tsx";
import { Notice } from "../components/notice.tsx";
import { OtherTabs } from "../components/other-tabs.tsx";
import { signedOutSentence } from "../lib/words.ts";
import { useModel } from "../model.ts";
import { AddHere } from "./add-here.tsx";
import { AskRecovery } from "./ask-recovery.tsx";
import { SignInForm } from "./sign-in-form.tsx";

export function Welcome() {
  const model = useModel();
  const session = model.session.value;
  const isMoved = model.state.value.call?.end?.type === "moved";
  // That the device went elsewhere is what the summary of a moved call says.
  const reason = session.status === "signedOut" && !isMoved ? session.reason : undefined;
  const recovery = model.linkedRecovery.value;
  return (
    <div class="welcome">
      <section class="welcome-words" aria-labelledby="welcome-title">
        <h1 id="welcome-title">Calls that know who is there</h1>
        <p class="lead">
          Signet rings where your security key or passkey is. Everybody in a call proves with a touch who they
          are, and only they can listen: not even this server can.
        </p>
        <ul class="promises">
          <li>
            <b>No account, no number.</b> A user ID, and the device you carry.
          </li>
          <li>
            <b>Verified for each call.</b> A fresh signature from everybody, checked by your own browser.
          </li>
          <li>
            <b>Encrypted end to end.</b> The key of a call belongs to the people in it.
          </li>
        </ul>
      </section>
      <div class="welcome-forms">
        {reason !== undefined && <Notice tone="info">{signedOutSentence(reason)}</Notice>}
        {recovery !== undefined && (
          <Notice tone="info">
            You opened a link to recover <b>{recovery.userId}</b>. Sign in as an administrator, with your own
            device.
          </Notice>
        )}
        <NotInThisBrowser />
        <OtherTabs />
        <SignInForm />
        <AddHere />
        <AskRecovery />
      </div>
    </div>
  );
}
