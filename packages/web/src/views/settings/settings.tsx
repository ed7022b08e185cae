/** What is set once: each section is one of its own. */
import { texts } from "@signet/words/page";
import { useEffect, useRef } from "preact/hooks";

import { settingsSections } from "../../lib/place.ts";
import type { SettingsSection } from "../../lib/place.ts";
import { useShortcut } from "../../lib/shortcuts.ts";
import { useModel } from "../../model.ts";
import { AboutServer } from "./about-server.tsx";
import { AsApp } from "./as-app.tsx";
import { Everywhere } from "./everywhere.tsx";
import { LanguageSettings } from "./language.tsx";
import { NotificationSettings } from "./notifications.tsx";
import { OwnDevices } from "./own-devices.tsx";
import { Privacy } from "./privacy.tsx";
import { Profile } from "./profile.tsx";
import { SoundSettings } from "./sound.tsx";

const sections: Readonly<Record<SettingsSection, () => ReturnType<typeof Profile>>> = {
  profile: Profile,
  devices: OwnDevices,
  everywhere: Everywhere,
  sound: SoundSettings,
  notifications: NotificationSettings,
  privacy: Privacy,
  language: LanguageSettings,
  app: AsApp,
  server: AboutServer,
};
/** What there is where nobody is signed in: what concerns this browser alone. */
const ofBrowser: readonly SettingsSection[] = ["sound", "privacy", "language", "app", "server"];

export function Settings() {
  const model = useModel();
  const { section } = model.place.value;
  const isSignedIn = model.session.value.status === "signedIn";
  const shown = settingsSections.filter((one) => isSignedIn || ofBrowser.includes(one));
  useShortcut("back", model.goHome);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (section === undefined) {
      heading.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    } else showSection(section);
  }, [section]);
  return (
    <div class="settings">
      <div class="settings-head">
        <h1 ref={heading} tabIndex={-1}>
          {texts().settings.title}
        </h1>
        <button type="button" class="button quiet" onClick={model.goHome}>
          {texts().settings.back}
        </button>
      </div>
      <nav class="settings-nav" aria-label={texts().settings.sections}>
        {shown.map((one) => (
          <button
            key={one}
            type="button"
            class="chip"
            aria-current={one === section}
            onClick={() => {
              model.goTo({ view: "settings", section: one });
              showSection(one);
            }}
          >
            {texts().settings.titles[one]}
          </button>
        ))}
      </nav>
      <div class="column">
        {shown.map((one) => {
          const Section = sections[one];
          return (
            <div key={one} id={placeId(one)} class="settings-section">
              <Section />
            </div>
          );
        })}
      </div>
    </div>
  );
}

const placeId = (section: SettingsSection): string => `settings-${section}`;

/** Also where it is the one that was shown last. */
function showSection(section: SettingsSection): void {
  const place = document.getElementById(placeId(section));
  const title = place?.querySelector<HTMLElement>("h2");
  if (!title) return;
  title.tabIndex = -1;
  title.focus({ preventScroll: true });
  place?.scrollIntoView();
}
