/** Hands somebody a file that was made here. */
export function saveFile(name: string, contents: Blob): void {
  const url = URL.createObjectURL(contents);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Not before the browser has begun with it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
