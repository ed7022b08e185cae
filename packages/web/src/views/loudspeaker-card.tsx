import { texts } from "@signet/words/page";

import { LoudspeakerChoice } from "../components/loudspeaker-choice.tsx";
import { useModel } from "../model.ts";

export function LoudspeakerCard() {
  const { terminal } = useModel();
  return (
    <section class="card" aria-labelledby="loudspeaker-title">
      <h2 id="loudspeaker-title">{texts().sound.loudspeaker}</h2>
      <LoudspeakerChoice
        purpose="loudspeaker"
        label={texts().sound.heardBy}
        onChosen={() => terminal.soundChosen()}
      />
    </section>
  );
}
