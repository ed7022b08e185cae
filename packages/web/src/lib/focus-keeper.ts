/**
 * What had the focus may vanish: a button that did its work, a message that was closed. Browsers then let the focus fall to the
 * beginning of the page, and whoever goes by keyboard or by ear is lost. It goes to what stands around the place instead.
 * @returns stops it
 */
export function keepFocus(root: HTMLElement): () => void {
  let last: HTMLElement | undefined;
  let around: readonly HTMLElement[] = [];

  const onFocus = ({ target }: FocusEvent): void => {
    if (!(target instanceof HTMLElement)) return;
    last = target;
    around = ancestorsOf(target, root);
  };
  const onBlur = ({ target }: FocusEvent): void => {
    queueMicrotask(() => {
      // Given up by the person: they clicked where nothing takes the focus.
      if (target === last && isLost() && canFocus(last)) last = undefined;
    });
  };
  const mend = (): void => {
    if (last === undefined || !isLost() || canFocus(last)) return;
    const place = around.find((element) => element.isConnected && element.checkVisibility()) ?? root;
    last = undefined;
    focusIn(place);
  };

  root.addEventListener("focusin", onFocus);
  root.addEventListener("focusout", onBlur);
  const observer = new MutationObserver(mend);
  observer.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: ["disabled"] });
  return () => {
    observer.disconnect();
    root.removeEventListener("focusin", onFocus);
    root.removeEventListener("focusout", onBlur);
  };
}

function focusIn(place: HTMLElement): void {
  const heading = place.querySelector<HTMLElement>("h1, h2");
  const target = heading ?? place.querySelector<HTMLElement>("button:enabled, input, select, summary");
  if (target === null) return;
  if (target === heading) heading.tabIndex = -1;
  target.focus();
}

/** Innermost first, with the root. */
function ancestorsOf(element: HTMLElement, root: HTMLElement): readonly HTMLElement[] {
  const found: HTMLElement[] = [];
  for (let one = element.parentElement; one !== null; one = one.parentElement) {
    found.push(one);
    if (one === root) break;
  }
  return found;
}

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

const canFocus = (element: HTMLElement | undefined): boolean =>
  element?.isConnected === true && !element.matches(":disabled") && element.checkVisibility();
