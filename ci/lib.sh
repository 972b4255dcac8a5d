# Shared bits of the commands in ci/. Sourced, never run.
#
# Exit codes are the project's: 64 usage, 69 a package is missing; whatever ninja, ctest or the
# harness return is passed on unchanged.

readonly EX_USAGE=64
readonly EX_MISSING=69

repo_root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
readonly repo_root

# What one clone has compiled, ccache gives to the next one, too.
export CCACHE_BASEDIR=$repo_root CCACHE_NOHASHDIR=1

# Nothing here asks questions: a command that waits for a keyboard would hang a hosted run.
exec </dev/null

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

# die CODE SENTENCE...
die() {
  local code=$1
  shift
  say "$*"
  exit "$code"
}

usage_error() { die "$EX_USAGE" "$*. Try '$0 --help'."; }

presets() { printf '%s\n' dev release asan-ubsan tsan; }

# check_preset NAME: refuses a preset that CMakePresets.json does not have.
check_preset() {
  presets | grep -Fxq -- "$1" ||
    usage_error "unknown preset '$1' (there are: $(presets | paste -sd ' '))"
}

# setup_for PRESET: installs what the preset needs.
setup_for() {
  case $1 in
    asan-ubsan | tsan) "$repo_root/ci/setup" --sanitizers ;;
    *) "$repo_root/ci/setup" ;;
  esac
}

build_dir() { printf '%s/build/%s\n' "$repo_root" "$1"; }

# configure PRESET [cmake argument...]: silent when it works, everything when it does not.
configure() {
  local preset=$1 log
  shift
  log="$(build_dir "$preset").configure.log"
  mkdir -p "$repo_root/build"
  if ! (cd "$repo_root" && cmake --preset "$preset" "$@") >"$log" 2>&1; then
    cat "$log" >&2
    die 1 "configuring the preset '$preset' failed; the lines above are from $log"
  fi
}

# build PRESET [target...]: ninja prints one moving line on a terminal and failures elsewhere.
build() {
  local preset=$1
  shift
  ninja -C "$(build_dir "$preset")" -j "$(nproc)" --quiet "$@" ||
    die 1 "building the preset '$preset' failed"
}

# released_subject VALUE: what --subject was given, where that is honker@VERSION as honker@VERSION=LIBRARY (ci/fetch-honker
# builds it where it is not kept yet, and its exit code is passed on), anything else as it is.
released_subject() {
  local library
  if [[ $1 == honker@* && $1 != *=* ]]; then
    library="$("$repo_root/ci/fetch-honker" "${1#honker@}" --print-path)" || return $?
    printf '%s=%s\n' "$1" "$library"
  else
    printf '%s\n' "$1"
  fi
}

# has_target BUILD_DIR NAME. grep reads to the end: with -q it would leave a writer with a broken pipe, which
# pipefail takes for "no such target".
has_target() { ninja -C "$1" -t targets all 2>/dev/null | cut -d: -f1 | grep -Fx -- "$2" >/dev/null; }
