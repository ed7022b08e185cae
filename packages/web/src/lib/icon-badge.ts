/** How many calls were missed, or have a message that was not heard, on the icon of the installed page. Not every browser can. */
export function showOnIcon(count: number): void {
  const { setAppBadge } = navigator as { readonly setAppBadge?: Navigator["setAppBadge"] };
  // 0 takes it away.
  void setAppBadge?.call(navigator, count).catch(() => undefined);
}
