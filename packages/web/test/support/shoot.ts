/** `node packages/web/test/support/shoot.ts DIR [scene...]`: pictures of the views, to be looked at. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { scenes } from "./harness/scenes.ts";
import type { SceneName } from "./harness/scenes.ts";
import { startViewPages } from "./view-page.ts";
import { rememberedProfile } from "./profile.ts";

const [directory = "test-results/views", ...wanted] = process.argv.slice(2);
await mkdir(directory, { recursive: true });
const names = (wanted.length > 0 ? wanted : Object.keys(scenes)) as SceneName[];
const pages = await startViewPages();
for (const scheme of ["light", "dark"] as const) {
  for (const widthPx of [390, 1280]) {
    const view = await pages.open({ scheme, widthPx, stored: names.includes("firstVisit") ? {} : rememberedProfile(Date.now()) });
    for (const name of names) {
      await view.show(name);
      await view.page.screenshot({ path: join(directory, `${name}-${widthPx}-${scheme}.png`), fullPage: true });
    }
    for (const problem of view.problems) console.log(problem);
    await view.close();
  }
}
await pages.close();
