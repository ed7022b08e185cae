/** Of the manual page, and of what completes words. */

export const manual = {
  name: "multi-party calls reached and recognised by electronic signature devices",
  description: "The server, and a whole terminal for calls that are encrypted end to end.",
  environment:
    "Each option can be given in the environment as well: --key-file is SIGNET_KEY_FILE. Options of the command line come first. What deletes, replaces or tries something is given on the command line alone; the help of its command says so.",
  examples: "Examples:",
  bash: "signet completion bash: read it in ~/.bashrc with  source <(signet completion bash)",
  zsh: "signet completion zsh: write it to a file _signet in a folder of $fpath",
  fish: "signet completion fish: write it to ~/.config/fish/completions/signet.fish",
  helpOption: "prints its help",
};
