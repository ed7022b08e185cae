/** `npx node packages/web/test/support/shoot.ts DIR [scene...]`: pictures of the views, to be looked at. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { scenes } from "./harness/scenes.ts";
import type { SceneName } from "./harness/scenes.ts";
import { startViewPages } from "./view-page.ts";
import { rememberedProfile } from "./profile.ts";

const [directory = "test-results/views", ...wanted] = process.argv.slice(2);
await mkdir(directory, { recursive: true });
const names = (wanted.length > 0 ? wanted : Object.keys(scenes)) as SceneName[];
const freshProfile = new Set<string>(["firstVisit", "invite", "closed"]);
/** What has to be opened first. */
const opened: Partial<Record<string, string>> = {
  activeGuest: "Call details",
  loudspeakerGone: "Sound",
  certified: "Call details",
  relayed: "Call details",
  administration: "Administration",
  nobodyAdministered: "Administration",
  lostAll: "Ask an administrator",
};
const inCall = new Set<string>([
  "calling",
  "joining",
  "active",
  "relayed",
  "relayRefused",
  "activeGuest",
  "alone",
  "certified",
  "incomingCertified",
  "noMicrophone",
  "mediaFailed",
  "incoming",
  "host",
  "waiting",
  "broughtIn",
]);
/** As the browser has it, where nothing is said. */
const chosen = process.env["SIGNET_LANGUAGE"];
const language = chosen === undefined ? {} : { language: chosen };
const pages = await startViewPages();
for (const scheme of ["light", "dark"] as const) {
  for (const widthPx of [390, 1280]) {
    for (const name of names) {
      const view = await pages.open({
        scheme,
        widthPx,
        stored: { ...(freshProfile.has(name) ? {} : rememberedProfile(Date.now())), ...language },
      });
      // What was before the sign-in is not shown to whoever signs in.
      if (name.startsWith("summary")) await view.show("home");
      await view.show(name);
      const button = opened[name];
      if (button !== undefined) await view.page.getByRole("button", { name: button, exact: true }).click();
      await view.page.screenshot({
        path: join(directory, `${name}-${widthPx}-${scheme}.png`),
        fullPage: !inCall.has(name),
      });
      for (const problem of view.problems) console.log(problem);
      await view.close();
    }
  }
}
await pages.close();
