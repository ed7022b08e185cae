import { qrModules } from "@signet/terminal";

/** Dark on light in both looks, or no camera reads it. @param text that it holds; @param label what it is for */
export function QrCode({ text, label }: { text: string; label: string }) {
  const modules = qrModules(text);
  const path = modules.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  return (
    <svg
      class="qr-code"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${modules.length} ${modules.length}`}
      shapeRendering="crispEdges"
    >
      <rect width={modules.length} height={modules.length} fill="#fff" />
      <path d={path.join("")} fill="#000" />
    </svg>
  );
}
