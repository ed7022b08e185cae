/** One file that was verified, in the sentences that the command line says, too. */
import { label, sentence } from "@signet/words";
import type { RecordItem, RecordPart, RecordWords } from "@signet/words";

import { Notice } from "../components/notice.tsx";

interface VerifiedCardProps {
  name: string;
  words: RecordWords;
  id: string;
}

const tones = {
  holds: "info",
  lied: "danger",
  proven: "danger",
  notProven: "warning",
  refused: "danger",
} as const;

export function VerifiedCard({ id, name, words }: VerifiedCardProps) {
  const { happened, parts, verdict } = words;
  return (
    <article class="card verified" aria-labelledby={id} data-verdict={verdict}>
      <h3 id={id} dir="auto">
        {name}
      </h3>
      <Notice tone={tones[verdict]}>
        <p>
          <strong>{sentence(happened)}</strong>
        </p>
      </Notice>
      {parts.map((part) => (
        <Part key={part.name} part={part} />
      ))}
    </article>
  );
}

function Part({ part }: { part: RecordPart }) {
  const { heading, items, name, note } = part;
  return (
    <section class="verified-part" data-part={name}>
      <h4>{label(heading)}</h4>
      {note !== undefined && <p class="hint">{sentence(note)}</p>}
      {items.map((item, place) => (
        <Item key={place} item={item} />
      ))}
    </section>
  );
}

function Item({ item: { lines, text, title } }: { item: RecordItem }) {
  return (
    <>
      {title !== undefined && <h5 dir="auto">{title}</h5>}
      {text !== undefined && (
        <p class="verified-text" dir="auto">
          {text}
        </p>
      )}
      {lines.length > 0 && (
        <ul>
          {lines.map((line, place) => (
            <li key={place}>{sentence(line)}</li>
          ))}
        </ul>
      )}
    </>
  );
}
