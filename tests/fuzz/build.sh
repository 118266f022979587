#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the fuzz targets, in build-fuzz, with clang. Its warnings are printed and are no errors: the other two builds hold g++'s.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ -d build-fuzz ] || CC='ccache clang-19' CXX='ccache clang++-19' \
  meson setup build-fuzz -Db_sanitize=address,undefined -Dbuildtype=debugoptimized -Doptimization=1 -Dwerror=false
ninja -C build-fuzz
