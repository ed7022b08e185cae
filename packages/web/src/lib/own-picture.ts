/** A file that somebody chose, as their picture: drawn anew, so that nothing of the file but what is seen goes on. */
import { isPicture, pictureSidePx } from "@signet/terminal";

/** Until it is small enough. */
const qualities = [0.9, 0.8, 0.65, 0.5, 0.3];

/** @returns undefined where the browser cannot show it, or it gets no smaller */
export async function pictureFrom(file: Blob): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const canvas = document.createElement("canvas");
  canvas.width = pictureSidePx;
  canvas.height = pictureSidePx;
  const drawing = canvas.getContext("2d");
  const image = await createImageBitmap(file).catch(() => undefined);
  if (drawing === null || image === undefined) return undefined;
  // The middle of it, on white where it lets through what is behind.
  const side = Math.min(image.width, image.height);
  drawing.fillStyle = "#fff";
  drawing.fillRect(0, 0, pictureSidePx, pictureSidePx);
  drawing.imageSmoothingQuality = "high";
  const [x, y] = [(image.width - side) / 2, (image.height - side) / 2];
  drawing.drawImage(image, x, y, side, side, 0, 0, pictureSidePx, pictureSidePx);
  image.close();
  for (const quality of qualities) {
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    const bytes = withoutWords(new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer()));
    if (isPicture(bytes)) return bytes;
  }
  return undefined;
}

/** Some browsers write sizes, profiles or their name beside a picture that they draw: none of it is needed. */
export function withoutWords(jpeg: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const kept: number[] = [...jpeg.subarray(0, 2)];
  let place = 2;
  // What is coded begins.
  while (jpeg[place] === 0xff && jpeg[place + 1] !== 0xda && place + 4 <= jpeg.length) {
    const marker = jpeg[place + 1] ?? 0;
    const next = place + 2 + (jpeg[place + 2] ?? 0) * 256 + (jpeg[place + 3] ?? 0);
    const isBeside = (marker > 0xe0 && marker <= 0xef) || marker === 0xfe;
    if (!isBeside) kept.push(...jpeg.subarray(place, next));
    place = next;
  }
  return Uint8Array.from([...kept, ...jpeg.subarray(place)]);
}
