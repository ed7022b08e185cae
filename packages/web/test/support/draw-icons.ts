/**
 * Draws the icons that systems want as pixels, from the one in packages/web/public/icon.svg: `npx node packages/web/test/support/draw-icons.ts`, after a change of that.
 * What it writes is in the repository, since a browser draws it, and building needs none.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { chromium } from "playwright-core";

const folder = join(import.meta.dirname, "../../public");
const source = readFileSync(join(folder, "icon.svg"), "utf8");
const mark = source.replace(/^<svg[^>]*>\s*<rect[^>]*>/, "").replace(/<\/svg>\s*$/, "");

const drawn = (content: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" width="100%" height="100%">${content}</svg>`;
/** To the edge: the system cuts its own shape out, of which the middle 80 % is always seen. */
const whole = drawn(
  `<rect width="64" height="64" fill="#0d5c52"/><g transform="translate(32 32) scale(.86) translate(-32 -33)">${mark}</g>`,
);
/** Of one colour, of which systems take the shape alone: what is drawn over it is cut out. */
const shape = drawn(
  `<mask id="cut"><g transform="translate(32 32) scale(1.25) translate(-32 -32)">` +
    `${mark.replaceAll("#0d5c52", "#000").replaceAll("#e9c46a", "#fff")}</g></mask>` +
    `<rect width="64" height="64" fill="#fff" mask="url(#cut)"/>`,
);

const icons: readonly (readonly [name: string, sizePx: number, svg: string])[] = [
  ["icon-192.png", 192, source],
  ["icon-512.png", 512, source],
  ["icon-maskable-512.png", 512, whole],
  ["icon-badge-96.png", 96, shape],
  ["apple-touch-icon.png", 180, whole],
];

const browser = await chromium.launch({ executablePath: process.env["SIGNET_CHROMIUM"] ?? "chromium" });
try {
  for (const [name, sizePx, svg] of icons) {
    const page = await browser.newPage({ viewport: { width: sizePx, height: sizePx } });
    await page.setContent(`<style>body { margin: 0 } svg { display: block }</style>${svg}`);
    writeFileSync(join(folder, name), await page.screenshot({ omitBackground: true }));
    await page.close();
  }
} finally {
  await browser.close();
}
