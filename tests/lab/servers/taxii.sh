# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# Beside the appliance: a TAXII 2.1 collection by HTTPS (programs/taxii_server.py), to which objects are added while it runs.

taxii_port=8443
taxii_token=lab-token

taxii_start() {
  mkdir -p "$lab_dir/taxii"
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=taxii.test -addext subjectAltName=IP:127.0.0.1 \
    -keyout "$lab_dir/taxii/key.pem" -out "$lab_dir/taxii/certificate.pem" 2> /dev/null || return
  cat "$lab_dir/taxii/key.pem" "$lab_dir/taxii/certificate.pem" > "$lab_dir/taxii/server.pem"
  (umask 077 && echo "bearer $taxii_token" > "$lab_dir/taxii/credentials")
  : > "$lab_dir/taxii/collection"
  taxii_add '{"type": "identity", "spec_version": "2.1", "id": "identity--1c6de82b-4fb7-4e55-9f9a-2b6f2f5c1d10", "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "name": "Lab"}'
  lab_spawn appliance taxii /usr/bin/python3 "$lab_source/programs/taxii_server.py" 127.0.0.1 "$taxii_port" "$lab_dir/taxii/server.pem" \
    "$lab_dir/taxii/collection" "$taxii_token"
  lab_until_listening appliance "127.0.0.1:$taxii_port" taxii
}

# taxii_add OBJECT: from now on a part of the collection.
taxii_add() { printf '%s\t%s\n' "$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)" "$1" >> "$lab_dir/taxii/collection"; }

# The feed as sekisho.yaml has it.
taxii_feed() {
  cat <<YAML
  - name: exchange
    action: reset
    fetch:
      from: taxii
      url: https://127.0.0.1:$taxii_port/api/collections/lab/
      interval_s: 5
      ca_file: $lab_dir/taxii/certificate.pem
      credentials_file: $lab_dir/taxii/credentials
YAML
}
