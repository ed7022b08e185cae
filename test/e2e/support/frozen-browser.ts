import type { Browser } from "playwright-core";

/** All processes of the browser stand still, as those of a machine that sleeps. @returns lets them go on */
export async function freezeBrowser(browser: Browser): Promise<() => Promise<void>> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  for (const { id } of processInfo) process.kill(id, "SIGSTOP");
  return async () => {
    for (const { id } of processInfo) process.kill(id, "SIGCONT");
    await session.detach();
  };
}
