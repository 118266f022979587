# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The SIEM's role: takes octet-counted syslog over TCP on the appliance's loopback, one file a row.

siem_port=6514

rsyslog_start() {
  local folder=$lab_dir/rsyslog
  mkdir -p "$folder"
  cat > "$folder/rsyslog.conf" <<CONF
global(workDirectory="$folder" maxMessageSize="256k" parser.escapeControlCharactersOnReceive="off")
module(load="imtcp")
template(name="whole" type="string" string="%msg:::drop-last-lf%\n")
ruleset(name="rows") { action(type="omfile" file="$folder/rows" template="whole" flushOnTXEnd="on") }
input(type="imtcp" port="$siem_port" address="127.0.0.1" ruleset="rows" supportOctetCountedFraming="on")
CONF
  lab_spawn appliance rsyslog rsyslogd -n -f "$folder/rsyslog.conf" -i "$folder/pid"
  lab_until_listening appliance "127.0.0.1:$siem_port" rsyslog
}
