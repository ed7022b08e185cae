import { texts } from "@signet/words/page";

import { Modal } from "../components/modal.tsx";
import { chooseShortcuts, keyLabel, shortcuts, shortcutsWanted } from "../lib/shortcuts.ts";
import type { Shortcut, ShortcutName } from "../lib/shortcuts.ts";

const names = Object.keys(shortcuts) as ShortcutName[];
const places: readonly Shortcut["where"][] = ["everywhere", "home", "settings", "call"];

/** What keys do, and the way to do without. */
export function ShortcutList({ onClose }: { onClose: () => void }) {
  return (
    <Modal labelledBy="shortcuts-title" class="question shortcuts" onEscape={onClose}>
      <h2 id="shortcuts-title" tabIndex={-1} autofocus>
        {texts().shortcuts.title}
      </h2>
      {places.map((place) => (
        <section key={place} aria-labelledby={`shortcuts-${place}`}>
          <h3 id={`shortcuts-${place}`}>{texts().shortcuts.places[place]}</h3>
          <dl class="keys">
            {names
              .filter((name) => shortcuts[name].where === place)
              .map((name) => (
                <div key={name}>
                  <dt>
                    <kbd>{keyLabel(shortcuts[name])}</kbd>
                  </dt>
                  <dd>{texts().shortcuts.what[name]}</dd>
                </div>
              ))}
          </dl>
        </section>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={shortcutsWanted.value}
          onChange={(event) => chooseShortcuts(event.currentTarget.checked)}
        />
        <span>{texts().shortcuts.wanted}</span>
      </label>
      <p class="hint">{texts().shortcuts.notTyped}</p>
      <div class="row">
        <button type="button" class="button quiet" onClick={onClose}>
          {texts().common.close}
        </button>
      </div>
    </Modal>
  );
}
