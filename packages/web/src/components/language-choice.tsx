import { aboutLanguage, languages } from "@signet/words";
import { texts } from "@signet/words/page";
import { useId } from "preact/hooks";

import { chooseLanguage, chosenLanguage, languageOfBrowser } from "../lib/language.ts";

/** Each language under its own name, so that whoever reads no other finds it. */
export function LanguageChoice() {
  const id = useId();
  return (
    <div class="field language-choice">
      <label htmlFor={id}>{texts().frame.language}</label>
      <select
        id={id}
        value={chosenLanguage.value ?? ""}
        onChange={({ currentTarget: { value } }) => chooseLanguage(languages.find((each) => each === value))}
      >
        <option value="">{texts().frame.languageOfBrowser(aboutLanguage(languageOfBrowser()).name)}</option>
        {languages.map((each) => (
          <option key={each} value={each} lang={each}>
            {aboutLanguage(each).name}
          </option>
        ))}
      </select>
    </div>
  );
}
