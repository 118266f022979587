# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Mailboxes read by POP3 and IMAP: attachments arrive as they are, their rows have sha256sum's digest, a listed one does not arrive.

checks_mailboxes() {
  local plain=$lab_dir/mail-plain.bin way
  for way in pop3 imap; do
    check "a mail by $way with curl, its attachment byte-identical" attachment_comes "$way" "$plain"
    check "the row of its attachment has sha256sum's digest" has_row event_type=fileinfo app_proto="$way" fileinfo.filename=mail-plain.bin fileinfo.sha256="$(content_sha256 "$plain")"
    check "a mail by $way with a listed attachment never brings it whole" listed_never_comes "$way"
    check "the sighting names the protocol" has_row event_type=alert app_proto="$way" alert.action=blocked email.subject="What you asked for"
  done
  for way in whole section pieces flagged; do
    check "by IMAP, $way: the attachment comes byte-identical" fetch_mail twin "$way" "$plain"
    check "by IMAP, $way: a listed one does not come" fails fetch_mail victim "$way" "$lab_dir/mail-listed.bin"
  done
  check "rows name the mailbox and who read it" has_row event_type=imap imap.request.user=twin imap.request.command=FETCH imap.response.status=OK
  check "the mail's header stands in the row" has_row event_type=pop3 pop3.request.command=RETR email.subject="What you asked for" email.attachment=mail-plain.bin
}

# mail_by WAY USER FILE: the first mail of the user's mailbox.
mail_by() {
  local path=1
  [ "$1" = pop3 ] || path='INBOX;UID=1'
  rm -f "$3"
  lab_in inside curl -sS --noproxy '*' --interface "${!2}" --max-time 20 -u "$2:$2-password" -o "$3" "$1://$dmz_exim/$path"
}

attachment_comes() { mail_by "$1" twin "$lab_dir/got/mail" && attachment_is "$lab_dir/got/mail" "$2"; }

listed_never_comes() {
  mail_by "$1" victim "$lab_dir/got/listed-mail" && echo "curl was content"
  [ ! -e "$lab_dir/got/listed-mail" ] || fails attachment_is "$lab_dir/got/listed-mail" "$lab_dir/mail-listed.bin"
}

# fetch_mail USER HOW FILE: true where the attachment came and is the file.
fetch_mail() {
  lab_in inside /usr/bin/python3 "$lab_source/programs/fetch_mail.py" "$dmz_exim" "$1" "$1-password" "$2" > "$lab_dir/got/attachment" &&
    cmp "$lab_dir/got/attachment" "$3"
}
