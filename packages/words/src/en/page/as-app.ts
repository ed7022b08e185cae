/** The page as an app of the system. */
import { say } from "../say.ts";

export const asApp = {
  isInstalled: "Signet runs as an app of this system.",
  mayInstall: "Your browser can install Signet as an app, with an icon and a window of its own.",
  howInstall:
    "Signet can stand among your apps. On an iPhone or iPad: Share, then Add to Home Screen. In other browsers the menu may have Install, or Add to Home Screen; some browsers cannot do it.",
  install: "Install Signet",
  linksTitle: "Links that begin with web+signet:",
  linksText:
    "Your browser can open them with this page. Such a link names no server: it leads to the person of that user ID on this one.",
  openLinks: "Open such links here",
  linksAsked:
    "Your browser asks you now, if it has not done so before. What you answer it does not tell this page.",
  linksRefused: "Your browser refuses it here.",
  offlineAndNewer:
    "It also opens without a connection. A newer version is loaded between calls, never in one.",
  showKept: (userId: string) => say`Show people and calls of ${userId}`,
  keptTitle: (userId: string) => say`People and calls of ${userId}`,
  keptText: "As this browser keeps them. To call, sign in when there is a connection.",
  nothingKept: "This browser keeps nothing of it.",
  hideKept: "Hide",
};
