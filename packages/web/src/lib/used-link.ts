/** Which link of a guest was used in this tab: a page that is loaded anew says what to do, and asks for nothing that cannot help. Half of a code that counts no more. */
const name = "signet.guest.used";

export function noteUsedLink(linked: string): void {
  try {
    sessionStorage.setItem(name, linked);
  } catch {
    // A profile that stores nothing: the server says that the link is used.
  }
}

export function isUsedLink(linked: string): boolean {
  try {
    return sessionStorage.getItem(name) === linked;
  } catch {
    return false;
  }
}
