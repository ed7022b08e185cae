import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";

import { pairingUrl } from "@signet/protocol";
import { decodeQR } from "qr/decode.js";

import { qrLines } from "../../src/output/qr-lines.ts";

/** As a camera sees the lines: each character two pixels above each other, dark where the line says so. */
function pictureOf(lines: readonly string[]) {
  const rows = lines.flatMap((line) => {
    const characters = stripVTControlCharacters(line).split("");
    return [
      characters.map((one) => one === "█" || one === "▀"),
      characters.map((one) => one === "█" || one === "▄"),
    ];
  });
  const scale = 4;
  const width = (rows[0]?.length ?? 0) * scale;
  const height = rows.length * scale;
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (rows[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true)
        data.fill(0, (y * width + x) * 4, (y * width + x) * 4 + 3);
  return { data, height, width };
}

test("a camera reads the address from the lines", () => {
  const url = pairingUrl("https://calls.example.org", "7K3M-Q0RT-VX2Z-8HJN-5WCP");
  const lines = qrLines(url);
  assert.equal(decodeQR(pictureOf(lines)), url);
  const dark = "\u001B[30;107m";
  for (const line of lines) {
    assert.ok(line.startsWith(dark), "dark on light, whatever the window is");
    assert.match(stripVTControlCharacters(line), /^[ █▀▄]+$/);
  }
});
