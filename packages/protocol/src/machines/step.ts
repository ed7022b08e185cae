/** Result of one step of a pure machine: the next state, and what the shell is to do, in order. */
export interface Step<State, Effect> {
  readonly state: State;
  readonly effects: readonly Effect[];
}
