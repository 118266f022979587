# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the servers serve, and the indicators that name some of it.

content_make() {
  local web=$lab_dir/web
  mkdir -p "$web" "$lab_dir/uploads" "$lab_dir/bodies"
  chmod 777 "$lab_dir/uploads"
  content_pages
  mkdir "$web/catalogue"
  cp "$web/index.html" "$web/catalogue/index.html"
  cp "$web/index.html" "$web/catalogue/offer"
  cp "$web/index.html" "$web/catalogue/prize"
  # Two programs of one size: the listed one, and one like it that nobody lists.
  content_program freeware-update 3000000 > "$web/update.exe"
  content_program vendor-update 3000000 > "$web/setup.exe"
  # curl 7.88 takes at most 32 KiB of body with the response to an Upgrade.
  content_program short-listed 20000 > "$web/short-listed.bin"
  content_program short-plain 20000 > "$web/short-plain.bin"
  content_program large 20971520 > "$web/large.bin"
  content_program awkward-listed 200000 > "$lab_dir/bodies/listed"
  content_program awkward-plain 200000 > "$lab_dir/bodies/plain"
  content_program form-listed 300000 > "$lab_dir/form-listed.bin"
  content_program form-plain 300000 > "$lab_dir/form-plain.bin"
  content_program mail-listed 300000 > "$lab_dir/mail-listed.bin"
  content_program mail-plain 300000 > "$lab_dir/mail-plain.bin"
  content_certificate
  content_documents
}

content_pages() {
  printf '<html><body>News of the day. Nothing to see here.</body></html>\n' > "$lab_dir/web/index.html"
  printf 'no orders\n' > "$lab_dir/web/poll"
}

# content_program SEED BYTES: begins as a Windows program, goes on with bytes that depend on the seed alone.
content_program() {
  /usr/bin/python3 - "$1" "$2" <<'PYTHON'
import random, sys
seed, size = sys.argv[1], int(sys.argv[2])
head = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + bytes(46) + b"\x80\x00\x00\x00" + bytes(64) + b"PE\x00\x00\x64\x86"
sys.stdout.buffer.write((head + random.Random(seed).randbytes(size))[:size])
PYTHON
}

content_certificate() {
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=www.news.test \
    -addext subjectAltName=DNS:www.news.test,DNS:downloads.vendor.test,DNS:cdn.freeware-mirror.test,DNS:www.corp.test \
    -keyout "$lab_dir/key.pem" -out "$lab_dir/certificate.pem" 2> /dev/null
}

content_documents() {
  /usr/bin/python3 -c 'import random, sys; sys.stdout.buffer.write(b"%PDF-1.4\n" + random.Random(7).randbytes(700000))' \
    > "$lab_dir/minutes.pdf"
  printf 'Quarterly plan. Classification: KUROSHIO-CONFIDENTIAL. Do not pass on.\n' > "$lab_dir/secret.txt"
  printf 'Quarterly plan for the canteen. Classification: none. Please pass on!!\n' > "$lab_dir/harmless.txt"
}

content_sha256() { sha256sum "$1" | cut -d' ' -f1; }

content_indicators() {
  cat <<CSV
value,kind,mode,severity,confidence,action,phase,note
dark-harbor.test,domain,subdomains,critical,90,sinkhole,,Command and control of Dark Harbor
http://cdn.freeware-mirror.test/catalogue/offer,url,prefix,high,80,reset,,Watering hole
http://cdn.freeware-mirror.test/catalogue/prize,url,prefix,high,80,block_page,,Watering hole that a page of ours stands for
$(content_sha256 "$lab_dir/form-listed.bin"),sha256,exact,critical,95,reset,,A file that forms carry out
$(content_sha256 "$lab_dir/mail-listed.bin"),sha256,exact,critical,95,reset,,A file that mail carries
$(content_sha256 "$lab_dir/web/update.exe"),sha256,exact,critical,95,reset,2.drive-by-untrusted,Dark Harbor's dropper
$(content_sha256 "$lab_dir/web/short-listed.bin"),sha256,exact,critical,95,reset,2.drive-by-untrusted,A short one
$(content_sha256 "$lab_dir/bodies/listed"),sha256,exact,critical,95,reset,2.drive-by-untrusted,The same in another coat
$beacon,address,exact,high,70,alert,,Where Dark Harbor's beacons go
Overdue invoice 7731,subject,exact,high,75,alert,,Subject of the targeted mails
HarborScan/1.0,user_agent,exact,medium,60,alert,,Its scanner
KUROSHIO-CONFIDENTIAL,keyword,literal,critical,90,reset,,Documents that stay here
CSV
}
