# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Outside: a web server whose bodies end in every way that HTTP/1 knows (programs/awkward_server.py).

awkward_start() {
  lab_spawn outside awkward /usr/bin/python3 "$lab_source/programs/awkward_server.py" "$awkward" 8080 "$lab_dir/bodies"
  lab_until_listening outside "$awkward:8080" awkward
}
