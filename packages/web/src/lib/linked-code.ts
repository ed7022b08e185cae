import { codeOfFragment } from "@signet/terminal";

/** The code of a link for this machine's device; in the address, and so in the history of the browser, it stands no longer. */
export function takeLinkedCode(): string {
  const code = codeOfFragment(location.hash);
  if (code === undefined) return "";
  history.replaceState(history.state, "", location.pathname + location.search);
  return code;
}
