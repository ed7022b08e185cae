/** Runs in the page before Signet: the screen shows four pictures a second. Several guests draw on one machine, without a
 * graphics card, and it is their calls that matter. */
export function slowScreen(): void {
  globalThis.requestAnimationFrame = (draw) => Number(setTimeout(() => draw(performance.now()), 250));
  globalThis.cancelAnimationFrame = (id) => clearTimeout(id);
}
