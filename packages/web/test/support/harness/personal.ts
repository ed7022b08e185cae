import {
  changePerson,
  changeSettings,
  clearHistory,
  GroupId,
  nameGroup,
  putInGroup,
  removeGroup,
  removePerson,
  takeOver,
  TerminalId,
} from "@signet/protocol";
import type { PersonalDocument } from "@signet/protocol";
import type { PersonalApi } from "@signet/terminal";

const terminalId = TerminalId.parse("AAAAAAAAAAAAAAAAAAAAAA");
const by = () => ({ terminalId, nowMs: Date.now() });

/** Changes the document as a terminal does, and carries it nowhere. */
export function harnessPersonal(
  asked: { method: string; args: unknown[] }[],
  change: (how: (document: PersonalDocument) => PersonalDocument) => void,
): PersonalApi {
  const ask =
    (name: keyof PersonalApi) =>
    (...args: unknown[]): Promise<void> => {
      asked.push({ method: `personal.${name}`, args });
      return Promise.resolve();
    };
  // As a promise: what does not fit rejects.
  const changed = (how: (document: PersonalDocument) => PersonalDocument): Promise<void> =>
    Promise.resolve().then(() => change(how));
  return {
    putPerson: (userId, fields = {}) => changed((document) => changePerson(document, userId, fields, by())),
    removePerson: (userId) => changed((document) => removePerson(document, userId, by())),
    addGroup: async (name) => {
      const groupId = GroupId.parse("CCCCCCCCCCCCCCCCCCCCCA");
      await changed((document) => nameGroup(document, groupId, name, by()));
      return groupId;
    },
    nameGroup: (groupId, name) => changed((document) => nameGroup(document, groupId, name, by())),
    removeGroup: (groupId) => changed((document) => removeGroup(document, groupId, by())),
    putInGroup: (...[userId, groupId, isIn]) =>
      changed((document) => putInGroup(document, userId, groupId, isIn, by())),
    changeSettings: (settings) => changed((document) => changeSettings(document, settings, by())),
    takeOver: (kept) => changed((document) => takeOver(document, kept, by())),
    clearHistory: () => changed((document) => clearHistory(document, Date.now())),
    letIn: ask("letIn"),
    askIn: ask("askIn"),
    makePhrase: () => ask("makePhrase")().then(() => "3K7T-Y3PF-Z5G9-165W-KY6P-35Y9-RJTR"),
    enterPhrase: ask("enterPhrase"),
    putOver: ask("putOver"),
  };
}
