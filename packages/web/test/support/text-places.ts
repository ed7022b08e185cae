/**
 * Runs in the page: texts that do not fit their place (beyond the edge of the window, or cut by what is around them), and in another
 * language than English what still is English. What people are called is theirs.
 */
export function ill(language: string): string[] {
  const found: string[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  /** Said to those who do not see the page: in a box of a pixel. */
  const isHidden = (element: HTMLElement | null): boolean =>
    element !== null && (getComputedStyle(element).clipPath !== "none" || isHidden(element.parentElement));
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const text = (node.textContent ?? "").trim();
    const parent = node.parentElement;
    if (text === "" || parent === null || parent.closest("select, script, style, .hidden-text") !== null)
      continue;
    if (!parent.checkVisibility()) continue;
    const isName = parent.closest("bdi, code, .user-id, .badge, .call-head h1") !== null;
    if (language !== "en" && !isName && /[a-z]{2,} [a-z]{2,} [a-z]{2,}/i.test(text))
      found.push(`English: ${text}`);
    if (isHidden(parent)) continue;
    range.selectNodeContents(node);
    const { left, right, top, bottom } = range.getBoundingClientRect();
    if (left < -1 || right > innerWidth + 1) {
      found.push(`beyond the window: ${text}`);
      continue;
    }
    if (isName) continue;
    for (let around: HTMLElement | null = parent; around !== null; around = around.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(around);
      const box = around.getBoundingClientRect();
      const isCutX = overflowX !== "visible" && overflowX !== "auto" && overflowX !== "scroll";
      const isCutY = overflowY !== "visible" && overflowY !== "auto" && overflowY !== "scroll";
      const isControl = around.matches("button, .tag, .this-one, .chip");
      if (
        ((isCutX || isControl) && (left < box.left - 1 || right > box.right + 1)) ||
        ((isCutY || isControl) && (top < box.top - 1 || bottom > box.bottom + 1))
      ) {
        found.push(`cut by ${around.tagName.toLowerCase()}.${around.className}: ${text}`);
        break;
      }
    }
  }
  return found;
}
