import { useState } from "preact/hooks";

const hues = 6;

/** One of the palette's tints, the same for a user ID everywhere. */
function hueOf(userId: string): number {
  let sum = 0;
  for (const char of userId) sum = (sum * 31 + (char.codePointAt(0) ?? 0)) % 9973;
  return sum % hues;
}

interface AvatarProps {
  userId: string;
  name: string;
  /** That they chose, of somebody who is verified; undefined for their initial. Decoration in any case: it says nothing of who somebody is. */
  picture?: string | undefined;
  /** Hears of what is shown. */
  place?: (shown: HTMLElement | null) => void;
}

export function Avatar({ name, picture, place, userId }: AvatarProps) {
  /** Of a picture that the browser could not show. */
  const [broken, setBroken] = useState<string>();
  if (picture !== undefined && picture !== broken)
    return <img ref={place ?? null} class="avatar" src={picture} alt="" onError={() => setBroken(picture)} />;
  const first = Array.from(name.trim())[0] ?? userId[0] ?? "?";
  return (
    <span ref={place ?? null} class={`avatar hue-${hueOf(userId)}`} aria-hidden="true">
      {first.toUpperCase()}
    </span>
  );
}
