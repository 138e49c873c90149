#include "cli/complete.h"

namespace cli {
namespace {

// Each script hands the words typed so far to __complete and does what its last line says.

constexpr std::string_view bash = R"(# bash completion for kubectl-istio-ca: source this file.
# For "kubectl istio-ca", put the output of "kubectl istio-ca completion kubectl" on PATH.
__kubectl_istio_ca_complete() {
  # bash cuts words at each of $COMP_WORDBREAKS, also within --output=json and arn:aws:eks; here they are whole again
  local words=() line lines directive rest="${COMP_LINE:0:COMP_POINT}" i word typed broken
  for (( i = 0; i <= COMP_CWORD; i++ )); do
    word="${COMP_WORDS[i]}"
    if [[ $i == 0 || $rest == [[:space:]]* || -z $rest ]]; then words+=("$word"); else words[-1]+="$word"; fi
    rest="${rest#"${rest%%[![:space:]]*}"}"
    rest="${rest#"$word"}"
  done
  typed="${words[-1]}"
  mapfile -t lines < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
  (( ${#lines[@]} )) || return
  directive="${lines[-1]#:}"
  unset 'lines[-1]'
  broken=""  # of the typed word, what bash takes for a word of its own and leaves alone
  [[ $typed == *[=:]* ]] && broken="${typed%"${typed##*[=:]}"}"
  [[ $broken == --*=* ]] && broken="${broken#*=}"
  COMPREPLY=()
  for line in "${lines[@]}"; do
    line="${line%%$'\t'*}"
    COMPREPLY+=("${line#"$broken"}")
  done
  if (( ${#COMPREPLY[@]} == 0 )); then
    case $directive in
      0) compopt -o default ;;
      16) compopt -o dirnames ;;
    esac
  fi
}
complete -F __kubectl_istio_ca_complete kubectl-istio-ca kubectl-istio_ca
)";

constexpr std::string_view zsh = R"(#compdef kubectl-istio-ca kubectl-istio_ca
# zsh completion for kubectl-istio-ca: put this file on $fpath as _kubectl-istio-ca, or source it after compinit.
_kubectl-istio-ca() {
  local -a lines candidates
  local line name description directive
  lines=("${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  (( $#lines )) || return 1
  directive="${lines[-1]#:}"
  lines[-1]=()
  for line in "${lines[@]}"; do
    name="${line%%$'\t'*}"
    description="${line#*$'\t'}"
    if [[ "$name" == "$line" ]]; then
      candidates+=("${name//:/\\:}")
    else
      candidates+=("${name//:/\\:}:$description")
    fi
  done
  [[ "${words[CURRENT]}" == --*=* ]] && compset -P '*='
  if (( $#candidates )); then
    _describe 'kubectl istio-ca' candidates
  elif [[ "$directive" == 0 ]]; then
    _files
  elif [[ "$directive" == 16 ]]; then
    _files -/
  fi
}
if [[ "${funcstack[1]}" == "_kubectl-istio-ca" ]]; then
  _kubectl-istio-ca "$@"
else
  compdef _kubectl-istio-ca kubectl-istio-ca kubectl-istio_ca
fi
)";

constexpr std::string_view fish = R"(# fish completion for kubectl-istio-ca: source this file.
function __kubectl_istio_ca_complete
  set -l words (commandline -opc)
  set -l typed (commandline -ct)
  set -l prefix (string match -r -- '^--[^=]*=' $typed)
  set -l lines ($words[1] __complete $words[2..-1] "$typed" 2>/dev/null)
  test (count $lines) -gt 0; or return
  set -l directive $lines[-1]
  set -e lines[-1]
  if test (count $lines) -gt 0
    printf '%s\n' "$prefix"$lines
  else if test "$directive" = ":0"
    printf '%s\n' "$prefix"(__fish_complete_path (string replace -- "$prefix" "" $typed))
  else if test "$directive" = ":16"
    printf '%s\n' "$prefix"(__fish_complete_directories (string replace -- "$prefix" "" $typed))
  end
end
complete -c kubectl-istio-ca -f -a '(__kubectl_istio_ca_complete)'
complete -c kubectl-istio_ca -f -a '(__kubectl_istio_ca_complete)'
)";

// kubectl (1.26 and later) runs this for "kubectl istio-ca <TAB>" if it finds it on PATH.
constexpr std::string_view kubectl = R"(#!/bin/sh
exec kubectl-istio_ca __complete "$@" 2>/dev/null
)";

}  // namespace

std::string_view completionScript(std::string_view shell) {
  if (shell == "bash") return bash;
  if (shell == "zsh") return zsh;
  if (shell == "fish") return fish;
  if (shell == "kubectl") return kubectl;
  return {};
}

}  // namespace cli
