import {
  codeOfFragment,
  comparisonOfFragment,
  lettingInCodeOfFragment,
  recoveryOfFragment,
} from "@signet/terminal";

/** What the page was opened for. */
export interface Linked {
  /** For a device at this machine; empty where there is none. */
  readonly code: string;
  /** Of another terminal of the person's, that lets this one in; empty where there is none. */
  readonly lettingIn: string;
  /** With whom, and what stood on their screen. */
  readonly comparison?: NonNullable<ReturnType<typeof comparisonOfFragment>>;
  /** For an administrator, who saw it at the terminal of who asks. */
  readonly recovery?: NonNullable<ReturnType<typeof recoveryOfFragment>>;
}

/** From the link; in the address, and so in the history of the browser, it stands no longer. */
export function takeLinked(): Linked {
  const { hash } = location;
  const [code = "", lettingIn = ""] = [codeOfFragment(hash), lettingInCodeOfFragment(hash)];
  const recovery = recoveryOfFragment(hash);
  const comparison = comparisonOfFragment(hash);
  if (code === "" && lettingIn === "" && recovery === undefined && comparison === undefined)
    return { code, lettingIn };
  history.replaceState(history.state, "", location.pathname + location.search);
  return {
    code,
    lettingIn,
    ...(recovery === undefined ? {} : { recovery }),
    ...(comparison === undefined ? {} : { comparison }),
  };
}
