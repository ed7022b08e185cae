import type { PersonalApi } from "@signet/terminal";
import type { GroupId } from "@signet/protocol";

/** Keeps what was asked for. */
export function harnessPersonal(asked: { method: string; args: unknown[] }[]): PersonalApi {
  const ask =
    (name: keyof PersonalApi) =>
    (...args: unknown[]): Promise<void> => {
      asked.push({ method: `personal.${name}`, args });
      return Promise.resolve();
    };
  return {
    putPerson: ask("putPerson"),
    removePerson: ask("removePerson"),
    addGroup: (name) => ask("addGroup")(name).then(() => "AAAAAAAAAAAAAAAAAAAAAA" as GroupId),
    nameGroup: ask("nameGroup"),
    removeGroup: ask("removeGroup"),
    putInGroup: ask("putInGroup"),
    changeSettings: ask("changeSettings"),
    clearHistory: ask("clearHistory"),
    letIn: ask("letIn"),
    askIn: ask("askIn"),
    makePhrase: () => ask("makePhrase")().then(() => "3K7T-Y3PF-Z5G9-165W-KY6P-35Y9-RJTR"),
    enterPhrase: ask("enterPhrase"),
    putOver: ask("putOver"),
  };
}
