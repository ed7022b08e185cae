/** What is put to those in a call, in lines. */
import { say } from "../say.ts";

export const resolutions = {
  resolution: (number: number, by: string, what: string) => say`resolution ${number} by ${by}: ${what}`,
  approved: (names: string) => say`approved by ${names}`,
  rejected: (names: string) => say`rejected by ${names}`,
  missing: (names: string) => say`not decided by ${names}`,
  about: (userId: string, what: string) => say`about ${userId}: ${what}`,
  unread: (names: string) => say`cannot read resolutions, since their version is older: ${names}`,
  saved: (file: string) => say`saved the resolutions to ${file}`,
  notSaved: (file: string) => say`the resolutions could not be written to ${file}`,
  notRead: (file: string) => say`${file} cannot be read, so that it was not proposed`,
};
