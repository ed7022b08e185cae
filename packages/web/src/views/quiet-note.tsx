import { isQuietAt } from "@signet/terminal";
import { clockTime } from "@signet/words";
import { texts } from "@signet/words/page";

import { Notice } from "../components/notice.tsx";
import { useNow } from "../lib/hooks.ts";
import { useModel } from "../model.ts";

/** Who does not want to be disturbed, and forgot it, would wait for calls in vain. */
export function QuietNote() {
  const model = useModel();
  const nowMs = useNow(15_000);
  const { settings } = model.state.value.personal ?? {};
  if (settings === undefined || !isQuietAt(settings, nowMs)) return null;
  const { doNotDisturb, quietHours } = settings;
  const end = new Date(nowMs);
  end.setHours(0, quietHours?.toMinute ?? 0, 0, 0);
  return (
    <Notice tone="info">
      <p>
        {doNotDisturb === true
          ? texts().settings.isQuiet
          : texts().settings.isQuietUntil(clockTime(end.getTime()))}
      </p>
      <div class="row">
        {doNotDisturb === true && (
          <button
            type="button"
            class="button quiet small"
            onClick={() =>
              void model.terminal.personal.changeSettings({ doNotDisturb: false }).catch(() => undefined)
            }
          >
            {texts().settings.disturbMe}
          </button>
        )}
        <button
          type="button"
          class="button quiet small"
          onClick={() => model.goTo({ view: "settings", section: "notifications" })}
        >
          {texts().shortcuts.what.settings}
        </button>
      </div>
    </Notice>
  );
}
