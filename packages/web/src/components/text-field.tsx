interface TextFieldProps {
  name: string;
  label: string;
  hint: string | undefined;
  value: string;
  onInput: (value: string) => void;
  problem: string | undefined;
  autocomplete: "username" | "name" | "off";
  suggestions?: readonly string[];
  /** UTF-16 units. */
  longest?: number;
  disabled: boolean;
}

/** A labelled field with its hint, or with what is wrong in it. */
export function TextField({
  name,
  label,
  hint,
  value,
  onInput,
  problem,
  autocomplete,
  suggestions = [],
  longest = 64,
  disabled,
}: TextFieldProps) {
  const id = `field-${name}`;
  const note = problem ?? hint;
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type="text"
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
        autocomplete={autocomplete}
        autocapitalize={name === "name" ? "words" : "none"}
        spellcheck={false}
        maxLength={longest}
        readOnly={disabled}
        aria-invalid={problem !== undefined}
        aria-describedby={note === undefined ? undefined : `${id}-note`}
      />
      {suggestions.length > 1 && (
        <div class="row">
          {suggestions.map((one) => (
            <button
              key={one}
              type="button"
              class="chip"
              aria-pressed={one === value}
              onClick={() => onInput(one)}
            >
              {one}
            </button>
          ))}
        </div>
      )}
      {note !== undefined && (
        <p
          id={`${id}-note`}
          class={problem === undefined ? "hint" : "hint problem"}
          role={problem === undefined ? undefined : "alert"}
        >
          {note}
        </p>
      )}
    </div>
  );
}
