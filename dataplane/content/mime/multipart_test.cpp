// SPDX-License-Identifier: Apache-2.0
// Multipart messages that HTTP carries: forms, ranges and the rest.
#include <boost/test/unit_test.hpp>

#include "dataplane/content/decoder_harness.h"
#include "dataplane/content/mime/limits.h"
#include "dataplane/content/mime/mime.h"

using namespace sekisho;
using test::Recording;

namespace {

test::DecoderOptions options(std::string_view content_type) {
  test::DecoderOptions out;
  out.meta.carrier = BodyCarrier::http_request;
  out.meta.direction = Direction::client_to_server;
  out.meta.media = BodyMedia::multipart;
  out.meta.content_type = as_bytes(content_type);
  out.meta.declared_type = as_bytes(content_type.substr(0, content_type.find(';')));
  return out;
}

constexpr std::string_view form = "multipart/form-data; boundary=----b";
constexpr std::string_view ranges = "multipart/byteranges; boundary=b";

Recording read(std::string_view body, std::string_view content_type = form) {
  return test::run_decoder(multipart_decoder, test::whole(body), options(content_type));
}
// The same, with every split checked.
Recording read_checked(std::string_view body, std::string_view content_type = form) {
  BOOST_TEST(test::check_decoder_splits(multipart_decoder, body, options(content_type)) == "");
  return read(body, content_type);
}

std::string part(std::string_view header, std::string_view content) {
  return "------b\r\n" + std::string(header) + "\r\n\r\n" + std::string(content) + "\r\n";
}
std::string file_part(std::string_view name, std::string_view content) {
  return part("Content-Disposition: form-data; name=\"f\"; filename=" + std::string(name), content);
}
constexpr std::string_view end = "------b--\r\n";

}  // namespace

BOOST_AUTO_TEST_CASE(each_file_of_a_form_is_a_body_and_its_fields_are_named) {
  const std::string body = part("Content-Disposition: form-data; name=\"user\"", "mallory") +
                           part(
                               "Content-Disposition: form-data; name=\"up\"; "
                               "filename=\"evil.exe\"\r\nContent-Type: application/octet-stream",
                               "MZ\r\n--\r\n------\r\n") +
                           std::string(end);
  const Recording report = read_checked(body);
  BOOST_TEST(report.value("http.form_field") == "user");
  BOOST_TEST(report.has("1 http.form_field=up"));
  BOOST_TEST(report.has("1 http.part_file_name=evil.exe"));
  BOOST_TEST(
      report.has("body 1 form_part name=evil.exe type=application/octet-stream complete "
                 "bytes=MZ\\x0d\\x0a--\\x0d\\x0a------\\x0d\\x0a"));
  BOOST_TEST(report.count("body ") == 2U);  // and the message itself
  BOOST_TEST(report.count("anomaly") == 0U);
}

BOOST_AUTO_TEST_CASE(the_message_itself_passes_on_byte_by_byte) {
  const Recording report =
      read_checked(part("Content-Disposition: form-data; name=a", "1") + std::string(end));
  BOOST_TEST(report.lines.back() ==
             "body 1 http_request name= type=multipart/form-data complete "
             "bytes=------b\\x0d\\x0aContent-Disposition: "
             "form-data; name=a\\x0d\\x0a\\x0d\\x0a1\\x0d\\x0a------b--\\x0d\\x0a");
}

BOOST_AUTO_TEST_CASE(a_windows_path_keeps_its_backslashes_and_each_reading_of_a_name_is_told) {
  const Recording path = read_checked(file_part("\"C:\\temp\\evil.exe\"", "x") + std::string(end));
  BOOST_TEST(path.has("body 1 form_part name=C:\\x5ctemp\\x5cevil.exe type= complete bytes=x"));
  const Recording two = read(file_part("\"good.txt\"; filename*=UTF-8''evil%2eexe", "x") + std::string(end));
  BOOST_TEST(two.has("1 http.part_file_name=evil.exe"));
  BOOST_TEST(two.has("1 http.part_file_name=good.txt"));
  BOOST_TEST(two.has("body 1 form_part name=evil.exe type= complete bytes=x"));
}

BOOST_AUTO_TEST_CASE(a_part_in_a_transfer_encoding_is_taken_as_it_is_and_told) {
  const Recording report = read_checked(
      part("Content-Disposition: form-data; name=f; filename=a\r\nContent-Transfer-Encoding: base64",
           "TVo=") +
      std::string(end));
  BOOST_TEST(report.has("anomaly 1 http.part_encoded"));
  BOOST_TEST(report.has("body 1 form_part name=a type= complete bytes=TVo="));
}

BOOST_AUTO_TEST_CASE(a_mail_or_page_that_is_uploaded_is_a_file_and_is_not_opened) {
  const Recording report = read_checked(
      part("Content-Disposition: form-data; name=f; filename=a.eml\r\nContent-Type: message/rfc822",
           "Subject: x\r\n\r\ny") +
      std::string(end));
  BOOST_TEST(report.count("1 email.") == 0U);
  BOOST_TEST(report.has(
      "body 1 form_part name=a.eml type=message/rfc822 complete bytes=Subject: x\\x0d\\x0a\\x0d\\x0ay"));
}

BOOST_AUTO_TEST_CASE(files_in_a_multipart_inside_a_form_are_files_of_the_form) {
  const Recording report = read_checked(
      part("Content-Disposition: form-data; name=f\r\nContent-Type: multipart/mixed; boundary=i",
           "--i\r\nContent-Disposition: file; filename=one\r\n\r\n1\r\n--i\r\nContent-Disposition: file; "
           "filename=two\r\n\r\n2\r\n--i--") +
      std::string(end));
  BOOST_TEST(report.has("body 1 form_part name=one type= complete bytes=1"));
  BOOST_TEST(report.has("body 1 form_part name=two type= complete bytes=2"));
}

BOOST_AUTO_TEST_CASE(each_range_of_a_response_is_a_part_of_the_file) {
  const Recording report = read_checked(
      "\r\n--b\r\nContent-Type: text/plain\r\nContent-Range: bytes "
      "0-2/10\r\n\r\nabc\r\n--b\r\nContent-Range: bytes 0-9/10\r\n\r\n0123456789\r\n--b--",
      ranges);
  BOOST_TEST(report.has("body 1 http_part name= type=text/plain range=0-2/10 complete bytes=abc"));
  BOOST_TEST(report.has("body 1 http_part name= type= complete bytes=0123456789"));
}

BOOST_AUTO_TEST_CASE(a_form_that_ends_early_ends_its_file_early) {
  test::DecoderOptions cut = options(form);
  cut.end = BodyEnd::truncated;
  const Recording report = test::run_decoder(multipart_decoder, test::whole(file_part("a", "abc")), cut);
  BOOST_TEST(report.has("body 1 form_part name=a type= truncated bytes=abc\\x0d\\x0a"));
}

BOOST_AUTO_TEST_CASE(a_hole_in_a_form_is_a_hole_in_the_file_and_in_the_message) {
  const std::string start = file_part("a", "ab");
  const Recording report = test::run_decoder(
      multipart_decoder, {{start.substr(0, start.size() - 2)}, {"", 5}, {"cd\r\n" + std::string(end)}},
      options(form));
  BOOST_TEST(report.has("body 1 form_part name=a type= complete bytes=ab<gap 5>cd"));
  BOOST_TEST(report.lines.back().find("<gap 5>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(without_a_boundary_the_message_is_only_a_whole) {
  for (const std::string_view type : {"multipart/form-data", "multipart/mixed; boundary=\"\""}) {
    const Recording report = read_checked(file_part("a", "abc"), type);
    BOOST_TEST(report.has("anomaly 1 mime.no_boundary"));
    BOOST_TEST(report.count("body ") == 1U);
  }
}

BOOST_AUTO_TEST_CASE(a_form_may_have_many_parts_and_no_more) {
  const auto with_parts = [](size_t parts) {
    std::string body;
    for (size_t i = 0; i < parts; ++i) body += "------b\r\n\r\n\r\n";
    return read(body + file_part("last", "x") + std::string(end));
  };
  BOOST_TEST(with_parts(mime::web_parts_max - 1).has("1 http.part_file_name=last"));
  const Recording past = with_parts(mime::web_parts_max);
  BOOST_TEST(past.has("anomaly 1 mime.too_many_parts"));
  BOOST_TEST(past.count("1 http.part_file_name") == 0U);
}
