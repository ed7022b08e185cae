import { codeOfFragment, recoveryOfFragment } from "@signet/terminal";

/** What the page was opened for. */
export interface Linked {
  /** For a device at this machine; empty where there is none. */
  readonly code: string;
  /** For an administrator, who saw it at the terminal of who asks. */
  readonly recovery?: NonNullable<ReturnType<typeof recoveryOfFragment>>;
}

/** From the link; in the address, and so in the history of the browser, it stands no longer. */
export function takeLinked(): Linked {
  const { hash } = location;
  const [code = "", recovery] = [codeOfFragment(hash), recoveryOfFragment(hash)];
  if (code === "" && recovery === undefined) return { code };
  history.replaceState(history.state, "", location.pathname + location.search);
  return { code, ...(recovery === undefined ? {} : { recovery }) };
}
