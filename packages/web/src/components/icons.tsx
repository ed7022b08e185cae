/** Line icons on a 24 px grid, drawn for Signet. Decoration only: the text beside them says what they mean. */
import type { ComponentChildren } from "preact";

function Icon({ children }: { children: ComponentChildren }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.8"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

export const CallIcon = () => (
  <Icon>
    <path d="M5 4h3.6l1.7 4.4-2.2 1.7a12 12 0 0 0 5.8 5.8l1.7-2.2L20 15.400V19a1.600 1.600 0 0 1-1.600 1.600C10.400 20.600 3.400 13.600 3.400 5.600A1.600 1.600 0 0 1 5 4z" />
  </Icon>
);
export const ResolutionIcon = () => (
  <Icon>
    <path d="M6 3.500h8l4.500 4.500v12.500h-12.500zM14 3.500v4.500h4.500M9 14.500l2.200 2.200 4.300-4.700" />
  </Icon>
);
export const AddPeopleIcon = () => (
  <Icon>
    <circle cx="9.500" cy="8" r="3.800" />
    <path d="M2.500 20c0-3.900 3.100-6.500 7-6.500s7 2.600 7 6.500M19 7.500v6M16 10.500h6" />
  </Icon>
);
export const FavouriteIcon = () => (
  <Icon>
    <path
      d="m12 4 2.500 5.100 5.600.8-4 4 1 5.600-5.100-2.700-5 2.700 1-5.600-4.100-4 5.600-.8z"
      fill="currentColor"
    />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m5 12.500 4.500 4.500L19 7.500" stroke-width="3" />
  </Icon>
);
export const MoreIcon = () => (
  <Icon>
    <circle cx="5.500" cy="12" r="1" />
    <circle cx="12" cy="12" r="1" />
    <circle cx="18.500" cy="12" r="1" />
  </Icon>
);
export const KeyIcon = () => (
  <Icon>
    <circle cx="8" cy="12" r="4" />
    <path d="M12 12h8.500v3M17 12v2.500" />
  </Icon>
);
export const LeaveIcon = () => (
  <Icon>
    <path d="M3 14.500c0-2 4-4.700 9-4.700s9 2.700 9 4.700v1.300a1 1 0 0 1-1.200 1l-3.400-.8a1 1 0 0 1-.8-1v-2a12 12 0 0 0-7.200 0v2a1 1 0 0 1-.8 1l-3.400.8a1 1 0 0 1-1.200-1z" />
  </Icon>
);
export const EndIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.500" />
    <path d="m9 9 6 6m0-6-6 6" />
  </Icon>
);
export const LoudspeakerIcon = () => (
  <Icon>
    <path d="M4 9.500v5h3.500l4.500 4v-13l-4.500 4zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11" />
  </Icon>
);
export const MicrophoneIcon = () => (
  <Icon>
    <rect x="9" y="3" width="6" height="11" rx="3" />
    <path d="M5.500 11.500a6.500 6.500 0 0 0 13 0M12 18v3" />
  </Icon>
);
export const MutedIcon = () => (
  <Icon>
    <path d="M15 10.500V6a3 3 0 0 0-5.800-1M9 9v2a3 3 0 0 0 4.600 2.500M5.500 11.500a6.500 6.500 0 0 0 10 5.500m2.400-2.700a6.500 6.500 0 0 0 .6-2.800M12 18v3M4 3.500l16 17" />
  </Icon>
);
export const DetailsIcon = () => (
  <Icon>
    <path d="M12 3 5 5.500v5.700c0 4.300 3 7.800 7 9.300 4-1.500 7-5 7-9.300V5.500z" />
    <path d="m9 11.800 2.200 2.200 4-4.200" />
  </Icon>
);
export const TouchIcon = () => (
  <Icon>
    <rect x="8" y="8" width="8" height="13" rx="2" />
    <path d="M10 8V4h4v4M12 14v.01" />
    <path d="M4.500 12.500a8 8 0 0 0 0 4M19.500 12.500a8 8 0 0 1 0 4" />
  </Icon>
);
export const SealIcon = () => (
  <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path
      fill="currentColor"
      d="M12 1.800l2.500 1.900 3.100-.1 1 3 2.600 1.800-1 3 1 3-2.600 1.800-1 3-3.100-.1L12 21l-2.500-1.900-3.100.1-1-3-2.600-1.800 1-3-1-3 2.600-1.800 1-3 3.100.1z"
    />
    <path
      fill="none"
      stroke="var(--on-seal)"
      stroke-width="2"
      stroke-linecap="round"
      stroke-linejoin="round"
      d="m8.300 11.600 2.500 2.500 4.900-5.100"
    />
  </svg>
);
export const WarningIcon = () => (
  <Icon>
    <path d="M12 4 2.800 19.500h18.400zM12 10v4.500M12 17v.01" />
  </Icon>
);
export const InfoIcon = () => (
  <Icon>
    <circle cx="12" cy="12" r="8.500" />
    <path d="M12 11v5M12 8v.01" />
  </Icon>
);
export const BellIcon = () => (
  <Icon>
    <path d="M6 16.500V11a6 6 0 0 1 12 0v5.500l1.500 1.500h-15zM10 20.500a2 2 0 0 0 4 0" />
  </Icon>
);
export const SettingsIcon = () => (
  <Icon>
    <path d="M4 7h9M19 7h1M4 12h1M11 12h9M4 17h7M17 17h3" />
    <circle cx="16" cy="7" r="2.200" />
    <circle cx="8" cy="12" r="2.200" />
    <circle cx="14" cy="17" r="2.200" />
  </Icon>
);
export const OutgoingIcon = () => (
  <Icon>
    <path d="M7 17 17 7M9 7h8v8" />
  </Icon>
);
export const IncomingIcon = () => (
  <Icon>
    <path d="M17 7 7 17M15 17H7V9" />
  </Icon>
);
export const PeopleIcon = () => (
  <Icon>
    <circle cx="9" cy="8.500" r="3.500" />
    <path d="M2.800 19.500c.6-3.500 3-5.300 6.200-5.300s5.600 1.800 6.200 5.300M16 5.300a3.400 3.400 0 0 1 0 6.400M17.500 14.600c2 .6 3.300 2.300 3.700 4.900" />
  </Icon>
);

/** A signet ring: the band, and the engraved face that lies on it. */
export function Logo() {
  return (
    <span class="logo">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <circle cx="16" cy="19.5" r="9.6" fill="none" stroke="currentColor" stroke-width="2.6" />
        <ellipse cx="16" cy="9.6" rx="9.6" ry="6.6" class="logo-face" />
        <path d="M11.800 9.800 14.700 12.400 20.400 6.900" class="logo-mark" />
      </svg>
      Signet
    </span>
  );
}
