/** Where in the page one is, beside what the terminal's state shows. It stands in the address, so that the browser's way back leads back. */
import { helpTopics } from "./help.ts";
import type { HelpTopic } from "./help.ts";

export const settingsSections = [
  "profile",
  "devices",
  "everywhere",
  "sound",
  "notifications",
  "privacy",
  "language",
  "app",
  "server",
] as const;
export type SettingsSection = (typeof settingsSections)[number];

export interface Place {
  readonly view: "home" | "settings";
  /** The one that was asked for; undefined for the top. */
  readonly section?: SettingsSection;
  /** What is explained, over the view. */
  readonly help?: HelpTopic;
}

/** @param fragment of the address, with its `#`; one that says something else is the beginning */
export function placeOf(fragment: string): Place {
  const [view, name] = fragment.replace(/^#/, "").split("/");
  if (view === "help") return { view: "home", help: helpTopics.find((one) => one === name) ?? "firstSteps" };
  if (view !== "settings") return { view: "home" };
  const section = settingsSections.find((one) => one === name);
  return { view, ...(section === undefined ? {} : { section }) };
}

/** @returns empty for the beginning */
export function fragmentOf({ help, section, view }: Place): string {
  if (help !== undefined) return `#help/${help}`;
  if (view === "home") return "";
  return section === undefined ? `#${view}` : `#${view}/${section}`;
}
