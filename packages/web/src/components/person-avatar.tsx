import type { UserId } from "@signet/terminal";
import { useEffect, useRef } from "preact/hooks";

import { useModel } from "../model.ts";
import { Avatar } from "./avatar.tsx";

interface PersonAvatarProps {
  userId: UserId;
  name: string;
  /** false: only their initial. */
  isKnown?: boolean;
}

/** With the picture that they chose, which is asked for when its place comes into view. */
export function PersonAvatar({ isKnown = true, name, userId }: PersonAvatarProps) {
  const { pictureOf, wantPicture } = useModel();
  const place = useRef<HTMLElement | null>(null);
  useEffect(() => {
    const element = place.current;
    if (!isKnown || element === null) return undefined;
    const watch = new IntersectionObserver((seen) => {
      if (seen.some(({ isIntersecting }) => isIntersecting)) wantPicture(userId);
    });
    watch.observe(element);
    return () => watch.disconnect();
  }, [isKnown, userId, wantPicture]);
  return (
    <Avatar
      userId={userId}
      name={name}
      picture={isKnown ? pictureOf(userId) : undefined}
      place={(shown) => (place.current = shown)}
    />
  );
}
