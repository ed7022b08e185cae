/** Guests, wherever somebody is named. */
import type { Catalogue } from "../catalogue.ts";
import { say } from "./say.ts";

export const guests: Catalogue["guests"] = {
  called: (name) => (name === "" ? "a guest" : say`guest “${name}”`),
  mark: "not verified, a guest",
  markBy: (inviter) => say`not verified, invited by ${inviter}`,
  markByYou: "not verified, invited by you",
  looksLike: "looks like another guest, and is somebody else",
};
