/** @param onChange the machine has a network again, or another one. @returns ends it */
export function watchNetwork(onChange: () => void): () => void {
  const { connection } = navigator as { readonly connection?: EventTarget };
  const sources = [
    { target: globalThis, type: "online" },
    // Not in every browser.
    ...(connection === undefined ? [] : [{ target: connection, type: "change" }]),
  ];
  for (const { target, type } of sources) target.addEventListener(type, onChange);
  return () => {
    for (const { target, type } of sources) target.removeEventListener(type, onChange);
  };
}

/** @param onView somebody looks at the page again */
export function watchView(onView: () => void): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") onView();
  });
}
