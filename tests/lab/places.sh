# shellcheck shell=bash disable=SC2034 # read by those who source it
# SPDX-License-Identifier: Apache-2.0
# Who lives where. inside and dmz are the organisation (corp.test), outside plays the internet.

# Two workstations: one meets the indicators, its twin does the same things without them.
victim=10.1.0.10
twin=10.1.0.20
inside_gateway=10.1.0.1

dmz_ftp=10.2.0.21
dmz_mail=10.2.0.25
dmz_exim=10.2.0.26      # a second mail server, and the mailboxes
dmz_proxy=10.2.0.31
dmz_socks=10.2.0.32
dmz_dns=10.2.0.53
dmz_web=10.2.0.80
dmz_addresses=("$dmz_ftp" "$dmz_mail" "$dmz_exim" "$dmz_proxy" "$dmz_socks" "$dmz_dns" "$dmz_web")
proxy_port=3128
socks_port=1080

outside_gateway=198.51.100.1
outside_mail=198.51.100.25
outside_exim=198.51.100.26
outside_dns=198.51.100.53
freeware=198.51.100.66   # cdn.freeware-mirror.test, harbor.test's hosts
beacon=198.51.100.67     # no name: contacted by address
fileshare=198.51.100.68  # drop.fileshare.test
news=198.51.100.80       # www.news.test, downloads.vendor.test
awkward=198.51.100.90    # awkward.test: bodies whose end is hard to see
apache=198.51.100.91     # HTTP/2 without TLS
outside_addresses=("$outside_mail" "$outside_exim" "$outside_dns" "$freeware" "$beacon" "$fileshare" "$news" "$awkward" "$apache")

sinkhole=192.0.2.1
sinkhole6=2001:db8::1

# The same places by IPv6, for scenes with lab_ipv6=yes.
victim6=fd00:1::10
twin6=fd00:1::20
inside_gateway6=fd00:1::1
dmz_dns6=fd00:2::53
dmz_web6=fd00:2::80
dmz_addresses6=("$dmz_dns6" "$dmz_web6")
outside_gateway6=2001:db8:c633::1
outside_dns6=2001:db8:c633::53
news6=2001:db8:c633::80
outside_addresses6=("$outside_dns6" "$news6")

# name=address, as the internet's DNS tells it.
outside_names=(
  www.news.test="$news" downloads.vendor.test="$news" cdn.freeware-mirror.test="$freeware"
  dark-harbor.test="$freeware" panel.dark-harbor.test="$freeware" drop.fileshare.test="$fileshare"
  awkward.test="$awkward" mail.partner.test="$outside_mail")
organisation_names=(
  www.corp.test="$dmz_web" proxy.corp.test="$dmz_proxy" mail.corp.test="$dmz_mail")
# Domains whose mail the outside MTA keeps.
outside_mail_domains=(partner.test invoice-desk.test)
