const hues = 6;

/** One of the palette's tints, the same for a user ID everywhere. */
function hueOf(userId: string): number {
  let sum = 0;
  for (const char of userId) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum % hues;
}

export function Avatar({ userId, name }: { userId: string; name: string }) {
  const first = Array.from(name.trim())[0] ?? userId[0] ?? "?";
  return (
    <span class={`avatar hue-${hueOf(userId)}`} aria-hidden="true">
      {first.toUpperCase()}
    </span>
  );
}
