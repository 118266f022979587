// SPDX-License-Identifier: Apache-2.0
#include "control/drain/sample_lan_records.h"

namespace sekisho {

namespace {

void fill_dhcp(RecordWriter& w) {
  constexpr uint8_t mac[6] = {0x02, 0x00, 0x5e, 0x10, 0x20, 0x30};
  constexpr uint8_t assigned[4] = {192, 0, 2, 23}, server[4] = {192, 0, 2, 1}, mask[4] = {255, 255, 255, 0};
  constexpr uint8_t parameters[4] = {1, 3, 6, 119};
  w.endpoints().app_protocol = sample_dhcp;
  w.endpoints().ip_protocol = 17;
  w.endpoints().server_port = 67;
  w.number(Field::dhcp_op, 2);
  w.number(Field::dhcp_id, 0x12345678);
  w.bytes(Field::dhcp_client_mac, mac);
  w.bytes(Field::dhcp_assigned_ip, assigned);
  w.number(Field::dhcp_message_type, 5);
  w.bytes(Field::dhcp_server_id, server);
  w.text(Field::dhcp_hostname, "desk-7\"\n=|");
  w.number(Field::dhcp_lease_s, 3600);
  w.bytes(Field::dhcp_subnet_mask, mask);
  w.bytes(Field::dhcp_router, server);
  w.bytes(Field::dhcp_dns_server, server);
  w.text(Field::dhcp_vendor_class, "MSFT 5.0");
  w.bytes(Field::dhcp_params, parameters);
}

void fill_ssh(RecordWriter& w) {
  w.endpoints().app_protocol = sample_ssh;
  w.endpoints().server_port = 22;
  w.text(Field::ssh_server_protocol, "2.0");
  w.text(Field::ssh_server_software, "OpenSSH_9.2p1 Debian-2+deb12u3");
  w.text(Field::ssh_client_protocol, "2.0");
  w.text(Field::ssh_client_software, "libssh2_1.10\"\n");
  w.text(Field::ssh_client_hassh, "c001f560064f07fd2a02d1c93cb2c90f");
  w.text(Field::ssh_client_hassh_string, "curve25519-sha256;aes128-ctr;hmac-sha2-256;none");
}

void fill_ntp(RecordWriter& w) {
  w.endpoints().app_protocol = sample_ntp;
  w.endpoints().ip_protocol = 17;
  w.endpoints().server_port = 123;
  w.number(Field::ntp_version, 4);
  w.number(Field::ntp_mode, 4);
  w.number(Field::ntp_stratum, 1);
  w.text(Field::ntp_reference_id, "GPS");
}

void fill_rdp(RecordWriter& w) {
  w.endpoints().app_protocol = sample_rdp;
  w.endpoints().server_port = 3389;
  w.text(Field::rdp_cookie, "alice\"");
  w.number(Field::rdp_requested_protocols, 3);
  w.number(Field::rdp_selected_protocol, 0);
  w.text(Field::rdp_client_name, "DESK-7");
  w.number(Field::rdp_client_build, 2600);
  w.text(Field::rdp_channel, "rdpdr");
  w.text(Field::rdp_channel, "cliprdr");
}

void fill_krb5(RecordWriter& w) {
  w.endpoints().app_protocol = sample_krb5;
  w.endpoints().server_port = 88;
  w.number(Field::krb5_request_type, 12);
  w.text(Field::krb5_realm, "CORP.TEST");
  w.text(Field::krb5_client, "alice");
  w.text(Field::krb5_service, "http/web.corp.test");
  w.number(Field::krb5_message_type, 13);
  w.number(Field::krb5_ticket_encryption, 23);
  w.number(Field::krb5_encryption, 18);
}

void fill_krb5_error(RecordWriter& w) {
  w.endpoints().app_protocol = sample_krb5;
  w.endpoints().server_port = 88;
  w.number(Field::krb5_request_type, 10);
  w.text(Field::krb5_realm, "CORP.TEST");
  w.number(Field::krb5_message_type, 30);
  w.number(Field::krb5_error_code, 24);
}

void fill_ldap_search(RecordWriter& w) {
  w.endpoints().app_protocol = sample_ldap;
  w.endpoints().server_port = 389;
  w.number(Field::ldap_message_id, 2);
  w.number(Field::ldap_operation, 3);
  w.text(Field::ldap_name, "dc=corp,dc=test");
  w.number(Field::ldap_scope, 2);
  w.text(Field::ldap_attribute, "servicePrincipalName");
  w.number(Field::ldap_response_operation, 4);
  w.text(Field::ldap_entry, "cn=web \"1\",dc=corp,dc=test");
  w.number(Field::ldap_response_operation, 5);
  w.number(Field::ldap_result, 0);
}

void fill_ldap_bind(RecordWriter& w) {
  w.endpoints().app_protocol = sample_ldap;
  w.endpoints().server_port = 389;
  w.number(Field::ldap_message_id, 1);
  w.number(Field::ldap_operation, 0);
  w.number(Field::ldap_version, 3);
  w.text(Field::ldap_bind_name, "cn=admin");
  w.number(Field::ldap_response_operation, 1);
  w.number(Field::ldap_result, 49);
  w.text(Field::ldap_diagnostic, "data 52e");
}

void fill_ldap_starttls(RecordWriter& w) {
  w.endpoints().app_protocol = sample_ldap;
  w.endpoints().server_port = 389;
  w.number(Field::ldap_message_id, 1);
  w.number(Field::ldap_operation, 23);
  w.text(Field::ldap_extended_name, "1.3.6.1.4.1.1466.20037");
}

void fill_smb(RecordWriter& w) {
  w.endpoints().app_protocol = sample_smb;
  w.endpoints().server_port = 445;
  w.number(Field::smb_command, 256 + 1);
  w.text(Field::smb_dialect, "3.11");
  w.number(Field::smb_session_id, 0x4000000001);
  w.number(Field::smb_tree_id, 0);
  w.text(Field::smb_user, "alice");
  w.text(Field::smb_domain, "CORP");
  w.text(Field::smb_host, "DESK-7\"");
  w.number(Field::smb_status, 0xC000006D);
}

void fill_smb_tree(RecordWriter& w) {
  w.endpoints().app_protocol = sample_smb;
  w.endpoints().server_port = 445;
  w.number(Field::smb_command, 0x75);
  w.text(Field::smb_dialect, "NT LM 0.12");
  w.text(Field::smb_share, "\\\\files\\IPC$");
  w.number(Field::smb_share_type, 2);
  w.number(Field::smb_status, 0);
}

void fill_ftp(RecordWriter& w) {
  constexpr uint8_t address[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 198, 51, 100, 7};
  w.endpoints().app_protocol = sample_ftp;
  w.endpoints().server_port = 21;
  w.text(Field::ftp_command, "PASV");
  w.text(Field::ftp_user, "alice\"");
  w.number(Field::ftp_reply_code, 227);
  w.text(Field::ftp_reply, "Entering Passive Mode (198,51,100,7,7,208).");
  w.text(Field::ftp_mode, "passive");
  w.bytes(Field::ftp_data_address, address);
  w.number(Field::ftp_data_port, 2000);
}

void fill_ftp_data(RecordWriter& w) {
  w.endpoints().app_protocol = sample_ftp_data;
  w.endpoints().server_port = 2000;
  w.text(Field::ftp_data_command, "RETR");
  w.text(Field::ftp_data_filename, "/pub/a \"b\".zip");
  w.text(Field::ftp_data_user, "alice\"");
  w.number(Field::ftp_data_control_flow, 0x8000000000000122);
}

}  // namespace

std::vector<NamedRecord> sample_lan_records() {
  return {{"dhcp", {RecordType::transaction, fill_dhcp}},
          {"ssh", {RecordType::transaction, fill_ssh}},
          {"ntp", {RecordType::transaction, fill_ntp}},
          {"rdp", {RecordType::transaction, fill_rdp}},
          {"krb5", {RecordType::transaction, fill_krb5}},
          {"krb5_error", {RecordType::transaction, fill_krb5_error}},
          {"ldap_search", {RecordType::transaction, fill_ldap_search}},
          {"ldap_bind", {RecordType::transaction, fill_ldap_bind}},
          {"ldap_starttls", {RecordType::transaction, fill_ldap_starttls}},
          {"smb", {RecordType::transaction, fill_smb}},
          {"smb_tree", {RecordType::transaction, fill_smb_tree}},
          {"ftp", {RecordType::transaction, fill_ftp}},
          {"ftp_data", {RecordType::transaction, fill_ftp_data}}};
}

}  // namespace sekisho
