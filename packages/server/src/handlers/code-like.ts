/** The code is the terminal's word: only what looks like one goes into the log. */
export const codeLike = (code: string): string => (/^[a-z]+\.[A-Za-z]+$/.test(code) ? code : "unreadable");
