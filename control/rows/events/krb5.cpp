// SPDX-License-Identifier: Apache-2.0
// krb5: one row per request and its answer.
#include <algorithm>
#include <iterator>

#include "control/rows/events/event.h"
#include "control/rows/values.h"

namespace sekisho {

namespace {

struct Name {
  uint64_t number;
  std::string_view name;
};

constexpr Name message_types[] = {
    {10, "KRB_AS_REQ"}, {11, "KRB_AS_REP"}, {12, "KRB_TGS_REQ"}, {13, "KRB_TGS_REP"}, {30, "KRB_ERROR"}};
// RFC 3961 8, 4757, 8009; the IANA registry's names.
constexpr Name encryptions[] = {{1, "des-cbc-crc"},
                                {2, "des-cbc-md4"},
                                {3, "des-cbc-md5"},
                                {16, "des3-cbc-sha1"},
                                {17, "aes128-cts-hmac-sha1-96"},
                                {18, "aes256-cts-hmac-sha1-96"},
                                {19, "aes128-cts-hmac-sha256-128"},
                                {20, "aes256-cts-hmac-sha384-192"},
                                {23, "rc4-hmac"},
                                {24, "rc4-hmac-exp"},
                                {25, "camellia128-cts-cmac"},
                                {26, "camellia256-cts-cmac"}};
// RFC 4120 7.5.9.
constexpr Name errors[] = {{3, "KDC_ERR_BAD_PVNO"},
                           {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN"},
                           {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN"},
                           {8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE"},
                           {9, "KDC_ERR_NULL_KEY"},
                           {10, "KDC_ERR_CANNOT_POSTDATE"},
                           {11, "KDC_ERR_NEVER_VALID"},
                           {12, "KDC_ERR_POLICY"},
                           {13, "KDC_ERR_BADOPTION"},
                           {14, "KDC_ERR_ETYPE_NOSUPP"},
                           {15, "KDC_ERR_SUMTYPE_NOSUPP"},
                           {16, "KDC_ERR_PADATA_TYPE_NOSUPP"},
                           {18, "KDC_ERR_CLIENT_REVOKED"},
                           {19, "KDC_ERR_SERVICE_REVOKED"},
                           {20, "KDC_ERR_TGT_REVOKED"},
                           {21, "KDC_ERR_CLIENT_NOTYET"},
                           {22, "KDC_ERR_SERVICE_NOTYET"},
                           {23, "KDC_ERR_KEY_EXPIRED"},
                           {24, "KDC_ERR_PREAUTH_FAILED"},
                           {25, "KDC_ERR_PREAUTH_REQUIRED"},
                           {26, "KDC_ERR_SERVER_NOMATCH"},
                           {27, "KDC_ERR_MUST_USE_USER2USER"},
                           {28, "KDC_ERR_PATH_NOT_ACCEPTED"},
                           {29, "KDC_ERR_SVC_UNAVAILABLE"},
                           {31, "KRB_AP_ERR_BAD_INTEGRITY"},
                           {32, "KRB_AP_ERR_TKT_EXPIRED"},
                           {33, "KRB_AP_ERR_TKT_NYV"},
                           {34, "KRB_AP_ERR_REPEAT"},
                           {35, "KRB_AP_ERR_NOT_US"},
                           {36, "KRB_AP_ERR_BADMATCH"},
                           {37, "KRB_AP_ERR_SKEW"},
                           {41, "KRB_AP_ERR_MODIFIED"},
                           {52, "KRB_ERR_RESPONSE_TOO_BIG"},
                           {60, "KRB_ERR_GENERIC"},
                           {68, "KDC_ERR_WRONG_REALM"}};

// DES and RC4 (RFC 6649, 8429).
constexpr uint64_t weak_encryptions[] = {1, 2, 3, 16, 23, 24};

template <size_t count>
std::string_view name_of(uint64_t number, const Name (&names)[count], Row& row) {
  for (const Name& entry : names)
    if (entry.number == number) return entry.name;
  return number_text(row, number);
}

}  // namespace

void krb5_object(const FieldIndex& fields, Row& row) {
  if (!fields.has_section(Field::krb5_message_type)) return;
  row.object("krb5");
  if (fields.has(Field::krb5_message_type))
    row.text("msg_type", name_of(fields.number(Field::krb5_message_type), message_types, row));
  put_text(row, "cname", fields, Field::krb5_client);
  put_text(row, "realm", fields, Field::krb5_realm);
  put_text(row, "sname", fields, Field::krb5_service);
  if (fields.has(Field::krb5_encryption)) {
    const uint64_t encryption = fields.number(Field::krb5_encryption);
    row.text("encryption", name_of(encryption, encryptions, row));
    row.yes_no("weak_encryption",
               std::ranges::find(weak_encryptions, encryption) != std::end(weak_encryptions));
  }
  if (fields.has(Field::krb5_ticket_encryption))
    row.text("ticket_encryption", name_of(fields.number(Field::krb5_ticket_encryption), encryptions, row));
  if (fields.has(Field::krb5_error_code)) {
    row.text("error_code", name_of(fields.number(Field::krb5_error_code), errors, row));
    if (fields.has(Field::krb5_request_type))
      row.text("failed_request", name_of(fields.number(Field::krb5_request_type), message_types, row));
  }
  row.end();
}

}  // namespace sekisho
