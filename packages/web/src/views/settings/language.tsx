import { texts } from "@signet/words/page";

import { LanguageChoice } from "../../components/language-choice.tsx";

export function LanguageSettings() {
  return (
    <section class="card" aria-labelledby="language-title">
      <h2 id="language-title">{texts().settings.titles.language}</h2>
      <LanguageChoice />
      <p class="hint">{texts().settings.languageHint}</p>
    </section>
  );
}
