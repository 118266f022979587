# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Tagged frames, made by hand (the kernel may have no VLAN devices): they cross unchanged, and what is listed inside does not.

checks_vlan() {
  local tags
  for tags in 100 7,100; do
    check "a frame with the tags $tags crosses the pair inside-dmz unchanged" frame_crosses inside:i0 dmz:d0 "$tags" www.news.test
    check "a frame with the tags $tags crosses the pair dmz-outside unchanged" frame_crosses dmz:d1 outside:o0 "$tags" www.news.test
    check "an answer with the tags $tags crosses back unchanged" frame_crosses outside:o0 dmz:d1 "$tags" www.news.test
    check "a listed name with the tags $tags does not reach the resolver" fails frame_crosses inside:i0 dmz:d0 "$tags" panel.dark-harbor.test
    check "its sender is answered with the sinkhole, with the same tags" frame_is_answered inside:i0 "$tags" panel.dark-harbor.test "$sinkhole"
  done
}

tagged_frames() { /usr/bin/python3 "$lab_source/programs/tagged_frames.py" "$@"; }

# frame_crosses FROM TO TAGS NAME: a DNS question for NAME that leaves by FROM (place:interface) comes out at TO, byte by byte.
frame_crosses() {
  tagged_frames crosses "sekisho-${1%:*}-$lab_id" "${1#*:}" "sekisho-${2%:*}-$lab_id" "${2#*:}" "$3" "$4"
}

# frame_is_answered AT TAGS NAME ADDRESS
frame_is_answered() { tagged_frames answered "sekisho-${1%:*}-$lab_id" "${1#*:}" "$2" "$3" "$4"; }
