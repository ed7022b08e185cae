/**
 * Whether it is open who somebody is: the person at the terminal has to decide first, or the server does not prove it. Until then it speaks for nobody, and
 * against nobody either.
 * @param code also one that is not known here
 */
export const isUndecided = (code: string): boolean =>
  code === "directory.keyChanged" ||
  code === "directory.otherThanCompared" ||
  code === "directory.unproven" ||
  code.startsWith("log.");
