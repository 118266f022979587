// SPDX-License-Identifier: Apache-2.0
#include "control/phases/sighting.h"

#include <algorithm>

namespace sekisho {

namespace {

constexpr std::string_view class_names[] = {"none", "executable", "script", "archive", "document", "other"};

struct ClassWord {
  std::string_view word;  // lower case
  FileClass file_class;
};
// Words of detected types (content/) and of media types; the first that is contained decides.
constexpr ClassWord type_words[] = {
    {"pe32", FileClass::executable},       {"elf", FileClass::executable},      {"mach-o", FileClass::executable},
    {"executable", FileClass::executable}, {"msdownload", FileClass::executable}, {"x-dosexec", FileClass::executable},
    {"script", FileClass::script},         {"html application", FileClass::script}, {"zip", FileClass::archive},
    {"rar", FileClass::archive},           {"7z", FileClass::archive},          {"7-zip", FileClass::archive},
    {"cab", FileClass::archive},           {"iso", FileClass::archive},         {"tar", FileClass::archive},
    {"gzip", FileClass::archive},          {"pdf", FileClass::document},        {"office", FileClass::document},
    {"ole2", FileClass::document},         {"rtf", FileClass::document}};
constexpr ClassWord endings[] = {
    {".exe", FileClass::executable}, {".dll", FileClass::executable}, {".scr", FileClass::executable},
    {".com", FileClass::executable}, {".msi", FileClass::executable}, {".lnk", FileClass::executable},
    {".js", FileClass::script},      {".jse", FileClass::script},     {".vbs", FileClass::script},
    {".vbe", FileClass::script},     {".ps1", FileClass::script},     {".bat", FileClass::script},
    {".cmd", FileClass::script},     {".hta", FileClass::script},     {".wsf", FileClass::script},
    {".zip", FileClass::archive},    {".rar", FileClass::archive},    {".7z", FileClass::archive},
    {".cab", FileClass::archive},    {".iso", FileClass::archive},    {".img", FileClass::archive},
    {".pdf", FileClass::document},   {".doc", FileClass::document},   {".docx", FileClass::document},
    {".docm", FileClass::document},  {".xls", FileClass::document},   {".xlsx", FileClass::document},
    {".xlsm", FileClass::document},  {".rtf", FileClass::document}};

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(ascii_lower(static_cast<uint8_t>(c)));
  return out;
}

// The path of a request target, without query and fragment.
std::string_view path_of(std::string_view target) { return target.substr(0, target.find_first_of("?#")); }

FileClass file_class_in(const FieldIndex& fields) {
  if (!fields.has_section(Field::file_size)) {
    if (fields.has(Field::email_attachment)) return file_class_of({}, fields.text(Field::email_attachment));
    return FileClass::none;
  }
  const std::string_view name =
      fields.has(Field::file_name) ? fields.text(Field::file_name) : path_of(fields.text(Field::http_url));
  const Field type = fields.has(Field::file_type) ? Field::file_type : Field::file_declared_type;
  return file_class_of(fields.text(type), name);
}

// The host of an absolute target, "http://a.test:8080/x" -> "a.test:8080"; empty for other forms.
std::string_view host_of_target(std::string_view target) {
  const size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return {};
  target.remove_prefix(scheme + 3);
  return target.substr(0, target.find('/'));
}

std::string destination_of(const FieldIndex& fields, const Address& server) {
  for (const Field name :
       {Field::http_target_host, Field::http_host, Field::tls_sni, Field::quic_sni, Field::dns_query_name})
    if (!fields.text(name).empty()) return plain_name(fields.text(name));
  const std::string_view target = host_of_target(fields.text(Field::http_url));
  if (!target.empty()) return plain_name(target);
  const std::string_view recipient = fields.text(Field::smtp_rcpt_to);
  if (const size_t at = recipient.rfind('@'); at != std::string_view::npos) return plain_name(recipient.substr(at + 1));
  return address_text(server);
}

// Name and type of a DNS question, the message's id of a mail, the target of a request or a handshake.
std::string relay_key_of(const FieldIndex& fields, const std::string& destination) {
  if (fields.has(Field::email_message_id)) return "mail " + std::string(fields.text(Field::email_message_id));
  if (fields.has(Field::dns_query_name))
    return "dns " + plain_name(fields.text(Field::dns_query_name)) + ' ' + std::to_string(fields.number(Field::dns_query_type));
  for (const Field web : {Field::http_url, Field::tls_sni, Field::quic_sni})
    if (fields.has_section(web)) return "web " + destination;
  return {};
}

uint64_t bytes_out_of(const FieldIndex& fields) {
  return std::max({fields.number(Field::flow_bytes_toserver), fields.number(Field::http_request_body_bytes),
                   fields.number(Field::smtp_message_bytes)});
}

BytesTo toward_of(const FieldIndex& fields) {
  const Field direction = fields.has_section(Field::file_size) ? Field::file_direction : Field::sighting_direction;
  return fields.number(direction) == 1 ? BytesTo::client : BytesTo::server;
}

}  // namespace

FileClass file_class_of(std::string_view type, std::string_view name) {
  const std::string plain_type = lower(type), plain = lower(name);
  for (const ClassWord& entry : type_words)
    if (plain_type.find(entry.word) != std::string::npos) return entry.file_class;
  for (const ClassWord& entry : endings)
    if (plain.ends_with(entry.word)) return entry.file_class;
  return FileClass::other;
}

bool file_class_from_name(std::string_view name, FileClass& file_class) {
  for (size_t i = 0; i < std::size(class_names); ++i) {
    if (class_names[i] != name) continue;
    file_class = static_cast<FileClass>(i);
    return true;
  }
  return false;
}

Sighting read_sighting(const FieldIndex& fields, const Site& site) {
  const RecordHeader& header = fields.record().header();
  const RecordEndpoints& endpoints = fields.record().endpoints();
  Sighting sighting;
  sighting.wall_ns = header.wall_ns;
  sighting.flow_id = header.flow_id;
  sighting.client = address_of(endpoints.client_address);
  sighting.server = address_of(endpoints.server_address);
  sighting.client_zone = site.zone_of(sighting.client);
  sighting.server_zone = site.zone_of(sighting.server);
  sighting.server_port = endpoints.server_port;
  sighting.toward = toward_of(fields);
  sighting.kind = static_cast<Kind>(std::min<uint64_t>(fields.number(Field::sighting_kind), kind_count - 1));
  const uint64_t field = fields.number(Field::sighting_matched_field);
  if (fields.has(Field::sighting_matched_field) && field < field_count) sighting.field = field_specs[field].name;
  sighting.method = fields.text(Field::http_method);
  sighting.destination = destination_of(fields, sighting.server);
  sighting.relay_key = relay_key_of(fields, sighting.destination);
  sighting.file_class = file_class_in(fields);
  sighting.bytes_out = bytes_out_of(fields);
  sighting.confidence = static_cast<uint8_t>(std::min<uint64_t>(fields.number(Field::sighting_confidence), 100));
  sighting.phase_hint = static_cast<uint8_t>(std::min<uint64_t>(fields.number(Field::sighting_phase_hint), 255));
  sighting.route_hint = static_cast<uint8_t>(std::min<uint64_t>(fields.number(Field::sighting_route_hint), 255));
  return sighting;
}

}  // namespace sekisho
