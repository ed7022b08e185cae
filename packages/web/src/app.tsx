import { verifyPath } from "@signet/terminal";
import type { CallView } from "@signet/terminal";
import { language } from "@signet/words";
import { texts } from "@signet/words/page";
import { useEffect, useRef, useState } from "preact/hooks";

import { ConnectionBanner } from "./components/connection-banner.tsx";
import { Logo, SettingsIcon } from "./components/icons.tsx";
import { LiveRegion } from "./components/live-region.tsx";
import { LanguageChoice } from "./components/language-choice.tsx";
import { Modal } from "./components/modal.tsx";
import { NewerVersion } from "./components/newer-version.tsx";
import { News } from "./components/news.tsx";
import { Warnings } from "./components/warnings.tsx";
import { isRingingOut, soundOf } from "./lib/call-sounds.ts";
import { newsCount } from "./lib/history.ts";
import type { Ringtone } from "./lib/ringtone.ts";
import { showOnIcon } from "./lib/icon-badge.ts";
import { pageTitle } from "./lib/title.ts";
import { useShortcut } from "./lib/shortcuts.ts";
import { useModel } from "./model.ts";
import { Call } from "./views/call.tsx";
import { Compare } from "./views/compare.tsx";
import { Help } from "./views/help.tsx";
import { Home } from "./views/home.tsx";
import { Incoming } from "./views/incoming.tsx";
import { Settings } from "./views/settings/settings.tsx";
import { LinkWaits } from "./views/linked-call.tsx";
import { ShortcutList } from "./views/shortcut-list.tsx";
import { Welcome } from "./views/welcome.tsx";
import { Summary } from "./views/summary.tsx";

export function App({ ringtone }: { ringtone: Ringtone }) {
  const model = useModel();
  const state = model.state.value;
  useEffect(() => {
    document.title = pageTitle(state);
    showOnIcon(newsCount(state));
  }, [state, language()]);
  const { call } = state;
  useCallSounds(ringtone, call, state.ringing.length > 0);
  const inCall = call !== undefined && call.phase !== "ended";
  const signedIn = state.session.status === "signedIn";
  const [showsKeys, setShowsKeys] = useState(false);
  useShortcut("list", () => setShowsKeys(true));
  // What explains something stands over no call that begins.
  useEffect(() => {
    if (inCall) setShowsKeys(false);
  }, [inCall]);
  if (model.isForgetting.value)
    return (
      <div class="page">
        <main>
          <p role="status" class="card">
            {texts().settings.forgetting}
          </p>
        </main>
      </div>
    );
  const inSettings = !inCall && model.place.value.view === "settings";
  return (
    <div class={inCall ? "page in-call" : "page"}>
      <Header />
      <main>
        <ConnectionBanner />
        <Warnings />
        <News />
        {!inCall && state.ringing.length === 0 && <NewerVersion />}
        {inCall && <LinkWaits isInCall />}
        {inCall && <Call call={call} />}
        {inSettings && <Settings />}
        {!inCall && !inSettings && signedIn && <Home />}
        {!inCall && !inSettings && !signedIn && (
          <>
            {call !== undefined && <Summary />}
            <Welcome />
          </>
        )}
      </main>
      {!inCall && !inSettings && <Foot onKeys={() => setShowsKeys(true)} />}
      {showsKeys && <ShortcutList onClose={() => setShowsKeys(false)} />}
      {signedIn && !inCall && state.ringing.length === 0 && <ScannedComparison />}
      <Help />
      <Incoming ringtone={ringtone} />
      <LiveRegion />
    </div>
  );
}

/** The QR code of somebody with whom the person compares was opened. */
function ScannedComparison() {
  const { linkedComparison } = useModel();
  const linked = linkedComparison.value;
  if (linked === undefined) return null;
  const { code, userId } = linked;
  return <Compare userId={userId} scanned={code} onClose={() => (linkedComparison.value = undefined)} />;
}

function Foot({ onKeys }: { onKeys: () => void }) {
  const model = useModel();
  return (
    <footer class="foot">
      <LanguageChoice />
      <div class="foot-ways">
        {model.self.value === undefined && (
          <button type="button" class="button quiet small" onClick={() => model.goTo({ view: "settings" })}>
            {texts().settings.open}
          </button>
        )}
        <button type="button" class="button quiet small" onClick={() => model.openHelp("firstSteps")}>
          {texts().help.title}
        </button>
        <button type="button" class="button quiet small" onClick={onKeys}>
          {texts().shortcuts.title}
        </button>
        <a class="button quiet small" href={verifyPath}>
          {texts().verifying.link}
        </a>
      </div>
    </footer>
  );
}

function useCallSounds(ringtone: Ringtone, call: CallView | undefined, ringsHere: boolean): void {
  const before = useRef<CallView>(undefined);
  useEffect(() => {
    const sound = soundOf(before.current, call);
    before.current = call;
    if (sound !== undefined) ringtone.play(sound);
  }, [ringtone, call]);
  const ringsOut = isRingingOut(call) && !ringsHere;
  useEffect(() => {
    if (!ringsOut) return undefined;
    ringtone.startRingback();
    return ringtone.stopRingback;
  }, [ringtone, ringsOut]);
}

function Header() {
  const model = useModel();
  const [asking, setAsking] = useState(false);
  const userId = model.self.value;
  const { call } = model.state.value;
  const inCall = call !== undefined && call.phase !== "ended";
  return (
    <header class="top">
      <Logo />
      {userId !== undefined && (
        <div class="top-session">
          <p role="status" aria-label={texts().frame.signedInAs(userId)} class="signed-in">
            <span class="signed-in-words">{texts().frame.signedIn}</span> <b>{userId}</b>
          </p>
          {!inCall && (
            <button
              type="button"
              class="icon-button"
              aria-label={texts().settings.open}
              title={texts().settings.open}
              onClick={() => model.goTo({ view: "settings" })}
            >
              <SettingsIcon />
            </button>
          )}
          <button
            type="button"
            class="button quiet small"
            disabled={model.pending.value?.type === "release"}
            onClick={() => (inCall ? setAsking(true) : void model.release())}
          >
            {texts().frame.signOut}
          </button>
        </div>
      )}
      {asking && inCall && <SignOutQuestion onClose={() => setAsking(false)} />}
    </header>
  );
}

function SignOutQuestion({ onClose }: { onClose: () => void }) {
  const model = useModel();
  return (
    <Modal labelledBy="sign-out-title" class="question" onEscape={onClose}>
      <h2 id="sign-out-title">{texts().frame.signOutTitle}</h2>
      <p>{texts().frame.signOutText}</p>
      <div class="row">
        <button type="button" class="button quiet" autofocus onClick={onClose}>
          {texts().frame.stayInCall}
        </button>
        <button
          type="button"
          class="button danger"
          onClick={() => {
            onClose();
            void model.release();
          }}
        >
          {texts().frame.signOutAndLeave}
        </button>
      </div>
    </Modal>
  );
}
