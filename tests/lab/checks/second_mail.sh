# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Exim as sender and receiver: messages in BDAT chunks (RFC 3030) to another Exim and to Postfix.

checks_second_mail() {
  local box=$lab_dir/exim-outside/box/new plain=$lab_dir/mail-plain.bin listed=$lab_dir/mail-listed.bin
  check "mail from inside goes out by Exim" exim_mail_out twin someone@exim.test "$plain"
  check "its attachment arrived byte-identical at another Exim" exim_mail_arrived "$box" "$plain"
  check "Exim says that it was sent in chunks" until_said 10 grep -q '=> someone@exim.test.* K ' "$lab_dir/exim-dmz/mainlog"
  check "mail from inside goes out by Exim to Postfix" exim_mail_out twin someone@partner.test "$plain"
  check "its attachment arrived byte-identical at Postfix" exim_mail_arrived "$lab_dir/postfix-outside/box/all/new" "$plain"
  check "Exim says that this was sent in chunks, too" until_said 10 grep -q '=> someone@partner.test.* K ' "$lab_dir/exim-dmz/mainlog"
  check "the mail's row names both ends" has_row event_type=smtp dest_ip="$outside_exim" smtp.mail_from=twin@corp.test smtp.rcpt_to=someone@exim.test email.attachment=mail-plain.bin
  check "the row of the attachment in chunks has sha256sum's digest" has_row event_type=fileinfo dest_ip="$outside_exim" fileinfo.filename=mail-plain.bin fileinfo.sha256="$(content_sha256 "$plain")"
  check "so has that of the one to Postfix" has_row event_type=fileinfo dest_ip="$outside_mail" fileinfo.filename=mail-plain.bin fileinfo.sha256="$(content_sha256 "$plain")"
  check "a listed attachment does not go out to Exim" fails exim_mail_out victim someone@exim.test "$listed"
  check "nor does Exim send one in chunks" exim_sends_listed someone@exim.test
  check "nor to Postfix" exim_sends_listed someone@partner.test
  check "the mailboxes have the unlisted ones alone" is 1,1 boxes_hold
}

# exim_mail_out HOST RECIPIENT FILE: from inside to the dmz's Exim, in one DATA.
exim_mail_out() {
  lab_in inside swaks --silent 2 --local-interface "${!1}" --helo "$1.corp.test" --server "$dmz_exim" --from "$1@corp.test" --to "$2" \
    --header 'Subject: What you asked for' --body 'Please see the attached file.' --attach "@$3"
}

exim_mail_arrived() {
  lab_until 20 "mail in $1" has_files "$1" 1 && attachment_is "$(newest "$1")" "$2"
}

# From the dmz itself, so that nothing stopped the file before: Exim's attempt ends without a delivery.
exim_sends_listed() {
  /usr/bin/python3 "$lab_source/programs/make_mail.py" "$1" "$lab_dir/mail-listed.bin" > "$lab_dir/got/listed.mail"
  lab_in dmz "$exim_program" -C "$lab_dir/exim-dmz/exim.conf" -odf -oi -f victim@corp.test "$1" < "$lab_dir/got/listed.mail"
  grep -q "== $1 " "$lab_dir/exim-dmz/mainlog"
}

boxes_hold() {
  local exim postfix
  exim=$(find "$lab_dir/exim-outside/box/new" -type f | wc -l)
  postfix=$(find "$lab_dir/postfix-outside/box/all/new" -type f | wc -l)
  echo "$exim,$postfix"
}
