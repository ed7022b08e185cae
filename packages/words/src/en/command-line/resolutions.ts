/** What is put to those in a call, in lines. */
import { say } from "../say.ts";

export const resolutions = {
  resolution: (number: number, by: string, what: string) => say`resolution ${number} by ${by}: ${what}`,
  approved: (names: string) => say`approved by ${names}`,
  rejected: (names: string) => say`rejected by ${names}`,
  missing: (names: string) => say`not decided by ${names}`,
  cms: (names: string) => say`the document itself signed by ${names} (CMS)`,
  cmsUncertified: (userId: string, why: string) =>
    say`${userId} (whose certificate does not count here: ${why})`,
  approvalSigns: {
    text: "approving signs the text itself, too, with your certificate (CMS): one signature more; not with --without-cms",
    file: "approving signs the file itself, too, with your certificate (CMS), where --document names it; otherwise the approval alone",
  },
  about: (userId: string, what: string) => say`about ${userId}: ${what}`,
  unread: (names: string) => say`cannot read resolutions, since their version is older: ${names}`,
  proposalWaits: (names: string) => say`waiting to propose until all who were called are here: ${names}`,
  saved: (file: string) => say`saved what was signed of the resolutions to ${file}`,
  keptBy: (names: string) => say`a record of this call is kept by ${names}`,
  recordSaved: (file: string) =>
    say`wrote the record of the call to ${file}; \`signet verify\` says what it proves`,
  recordNotSaved: (file: string) => say`the record of the call could not be written to ${file}`,
  notSaved: (file: string) => say`the resolutions could not be written to ${file}`,
  documentNotRead: (file: string) => say`${file} cannot be read, so that nothing was approved`,
  notRead: (file: string) => say`${file} cannot be read, so that it was not proposed`,
};
