import { texts } from "@signet/words/page";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface SliderProps {
  label: ComponentChildren;
  /** What is read out, where `label` is more than words. */
  name?: string;
  /** 0 to 1. */
  value: number;
  onChange: (value: number) => void;
}

/** How loud something is. By the arrow keys in steps of 5 %. */
export function Slider({ label, name, value, onChange }: SliderProps) {
  const id = useId();
  const percent = Math.round(value * 100);
  return (
    <div class="field slider">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        min={0}
        max={100}
        step={5}
        value={percent}
        aria-label={name}
        aria-valuetext={texts().sound.percent(percent)}
        onInput={(event) => onChange(Number(event.currentTarget.value) / 100)}
      />
      <span class="slider-value" aria-hidden="true">
        {texts().sound.percent(percent)}
      </span>
    </div>
  );
}
