# What zsh offers for each line of words: each offer in a line, and `---` after each line of words.
#   zsh -f complete.zsh <folder with _signet> <words>...
# Completion works in an interactive shell alone, so that there is one here, in a terminal of its own.
zmodload zsh/zpty
setup=$(mktemp)
cat >$setup <<'SETUP'
PROMPT= RPROMPT=
autoload -Uz compinit
compinit -u -D
bindkey -e
compadd() {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return $?; fi
  local -a offers
  builtin compadd -A offers "$@"
  local offer; for offer in $offers; do print -r -- "OFFER:$offer"; done
}
look() { _main_complete; print -r -- END; compstate[insert]= compstate[list]= }
zle -C look complete-word look
bindkey '^I' look
print ready
SETUP
zpty shell "FPATH=${(q)1}:$FPATH zsh -f -i"
shift
zpty -w shell "source $setup"
while zpty -r shell line; do [[ $line == *ready* ]] && break; done
for words in "$@"; do
  zpty -w -n shell $'\C-u'"$words"$'\t'
  while zpty -r shell line; do
    line=${line%%$'\r\n'}
    [[ $line == *END* ]] && break
    [[ $line == *OFFER:* ]] && print -r -- ${line##*OFFER:}
  done
  print -r -- ---
done
zpty -d shell
rm $setup
