#!/usr/bin/env bash
# Installs a build into a scratch folder, moves it, and builds and runs a program against it from
# another folder, with find_package and with pkg-config.
# check.sh CMAKE BUILD_DIR CXX [FLAGS]
set -euo pipefail
cmake=$1 build=$2 cxx=$3 flags=${4-}
here=$(dirname "$(realpath "${BASH_SOURCE[0]}")")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$cmake" --install "$build" --prefix "$scratch/staged" >"$scratch/install.log"
mv "$scratch/staged" "$scratch/prefix"  # nothing may remember where it was built or installed
cp -r "$here/consumer" "$scratch/src"

"$cmake" -S "$scratch/src" -B "$scratch/with_cmake" -DCMAKE_PREFIX_PATH="$scratch/prefix" \
  -DCMAKE_CXX_COMPILER="$cxx" -DCMAKE_CXX_FLAGS="$flags" >"$scratch/configure.log"
"$cmake" --build "$scratch/with_cmake" >"$scratch/build.log" || { cat "$scratch/build.log"; exit 1; }

pc=$(find "$scratch/prefix" -name honker.pc)
export PKG_CONFIG_PATH=${pc%/*}
read -ra cflags <<<"$(pkg-config --cflags honker) $flags"
read -ra libs <<<"$(pkg-config --libs honker)"
"$cxx" "${cflags[@]}" "$scratch/src/consumer.cc" -o "$scratch/with_pkg_config" "${libs[@]}"

extension=$(realpath "$(pkg-config --variable=extension honker)")
for program in "$scratch/with_cmake/consumer" "$scratch/with_pkg_config"; do
  said=$("$program" "$scratch/$(basename "$program").db" "$extension")
  [[ $said == hello ]] || { echo "$program said '$said'"; exit 1; }
done
