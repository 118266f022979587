// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/mime/mime.h"

#include <boost/test/unit_test.hpp>

#include "dataplane/content/decoder_harness.h"
#include "dataplane/content/mime/limits.h"

using namespace sekisho;
using test::Recording;

namespace {

test::DecoderOptions mail_options() {
  test::DecoderOptions options;
  options.meta.carrier = BodyCarrier::mail_message;
  options.meta.media = BodyMedia::mail_message;
  return options;
}

// With CRLF line ends.
std::string crlf(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

Recording read(std::string_view mail) {
  return test::run_decoder(mime_decoder, test::whole(mail), mail_options());
}

// Reads a mail written with LF as CRLF, checks every split, and returns what was told (but for the mail's own body, the last line).
Recording read_checked(std::string_view mail) {
  const std::string text = crlf(mail);
  BOOST_TEST(test::check_decoder_splits(mime_decoder, text, mail_options()) == "");
  Recording recording = read(text);
  recording.lines.pop_back();
  return recording;
}

// The mail's parts, with boundary "b", as one multipart/mixed mail.
std::string multipart(std::string_view parts) {
  return "Content-Type: multipart/mixed; boundary=b\n\n" + std::string(parts);
}

std::string base64(std::string_view text) {
  static constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < text.size(); i += 3) {
    const size_t left = std::min<size_t>(3, text.size() - i);
    uint32_t bits = 0;
    for (size_t k = 0; k < 3; ++k) bits = bits << 8 | (k < left ? static_cast<uint8_t>(text[i + k]) : 0U);
    for (size_t k = 0; k < 4; ++k) out += k <= left ? alphabet[bits >> (18 - 6 * k) & 63] : '=';
    if (i % 57 == 54) out += "\n";
  }
  return out + "\n";
}

// All byte values, with delimiters' beginnings and line ends among them.
std::string binary_file() {
  std::string file;
  for (int i = 0; i < 256; ++i) file += static_cast<char>(i);
  return file + "\r\n--\r\n--b\r\n\n-\r\r\n" + file;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_header_of_a_mail_is_observed_decoded) {
  const Recording told = read_checked(
      "Received: from a.test\n by b.test; date\n"
      "From: =?utf-8?Q?Keld_J=C3=B8rn?= <keld@dk.test>\n"
      "To: \"Doe, John\" <john@x.test>, jane@x.test,\n Roe, Richard <r@x.test>\n"
      "Cc: Group: a@x.test, b@x.test;, undisclosed-recipients:;\n"
      "Reply-To: (comment, with comma) reply@x.test\n"
      "SUBJECT : =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=\n =?utf-8?q?!?=\n"
      "Date: Fri, 21 Apr 2023 05:10:36 +0000\n"
      "Message-Id:   <1@x.test>\n"
      "User-Agent: Mutt\n"
      "X-Other: no\n"
      "\nbody\n");
  BOOST_TEST(told.text() ==
             "1 email.received=from a.test by b.test; date\n"
             "1 email.from=Keld J\\xc3\\xb8rn <keld@dk.test>\n"
             "1 email.to=\"Doe, John\" <john@x.test>\n"
             "1 email.to=jane@x.test\n"
             "1 email.to=Roe, Richard <r@x.test>\n"
             "1 email.cc=a@x.test\n"
             "1 email.cc=b@x.test\n"
             "1 email.reply_to=(comment, with comma) reply@x.test\n"
             "1 email.subject=\\xe6\\x97\\xa5\\xe6\\x9c\\xac\\xe8\\xaa\\x9e!\n"
             "1 email.date=Fri, 21 Apr 2023 05:10:36 +0000\n"
             "1 email.message_id=<1@x.test>\n"
             "1 email.x_mailer=Mutt\n"
             "body 1 mail_text name= type= complete bytes=body\\x0d\\x0a\n");
}

BOOST_AUTO_TEST_CASE(a_repeated_header_field_is_observed_again) {
  const Recording told = read_checked("From: a@x.test\nSubject: one\nFrom: b@x.test\nSubject: two\n\n");
  BOOST_TEST(told.has("1 email.from=a@x.test"));
  BOOST_TEST(told.has("1 email.from=b@x.test"));
  BOOST_TEST(told.has("1 email.subject=two"));
}

BOOST_AUTO_TEST_CASE(an_attachment_is_the_bytes_that_were_sent) {
  const std::string file = binary_file();
  // What the bodies of such a file look like in a recording.
  const Recording reference = read("Content-Type: application/x; name=f\r\n\r\n" + file);
  const std::string expected = reference.lines[1];
  BOOST_REQUIRE(expected.starts_with("body 1 mail_part name=f type=application/x complete bytes=\\x00\\x01"));

  std::string quoted;
  for (const char c : file) {
    static constexpr char hex[] = "0123456789ABCDEF";
    quoted += {'=', hex[static_cast<uint8_t>(c) >> 4], hex[c & 15]};
    if (quoted.size() % 75 == 0) quoted += "=\n";
  }
  for (const auto& [encoding, text] :
       {std::pair<std::string, std::string>{"base64", base64(file)}, {"Quoted-Printable", quoted}}) {
    const std::string mail =
        multipart("--b\nContent-Type: application/x; name=f\nContent-Transfer-Encoding: " + encoding +
                  "\n\n" + text + "\n--b--\n");
    const Recording told = read_checked(mail);
    BOOST_TEST(told.has("1 email.attachment=f"));
    BOOST_TEST(told.count(expected) == 1U, encoding);
  }
}

BOOST_AUTO_TEST_CASE(the_line_end_before_a_delimiter_belongs_to_it) {
  for (const std::string_view end : {"\r\n", "\n"}) {
    std::string mail = "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: a/b\n\n";
    mail = crlf(mail) + "one\r\n\n-\r\n--\r\n--x" + std::string(end) + "--b\r\n\r\ntext" + std::string(end) +
           "--b--\r\n";
    BOOST_TEST(test::check_decoder_splits(mime_decoder, mail, mail_options()) == "");
    const Recording told = read(mail);
    BOOST_TEST(told.has(
        "body 1 mail_part name= type=a/b complete bytes=one\\x0d\\x0a\\x0a-\\x0d\\x0a--\\x0d\\x0a--x"));
    BOOST_TEST(told.has("body 1 mail_text name= type= complete bytes=text"));
  }
}

BOOST_AUTO_TEST_CASE(nested_multiparts_are_taken_apart_with_their_japanese_names) {
  const Recording told = read_checked(
      "Subject: outer\n"
      "Content-Type: multipart/mixed; boundary=\"outer one\"\n"
      "\n"
      "preamble http://no.test/\n"
      "--outer one\n"
      "Content-Type: multipart/alternative; boundary=inner\n"
      "\n"
      "--inner\n"
      "\n"
      "plain http://plain.test/a\n"
      "--inner\n"
      "Content-Type: text/html\n"
      "Content-Transfer-Encoding: quoted-printable\n"
      "\n"
      "<a href=3D\"https://html.test/?a&amp;b\">=\n"
      "x</a>\n"
      "--inner--\n"
      "epilogue\n"
      "--outer one  \n"
      "Content-Type: application/pdf; name=\"=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=.pdf\"\n"
      "Content-Disposition: attachment; filename*=Shift_JIS''%93%fa%96%7b.pdf\n"
      "Content-Transfer-Encoding: base64\n"
      "\n"
      "Q2F0\n"
      "--outer one--\n");
  BOOST_TEST(
      told.text() ==
      "1 email.subject=outer\n"
      "1 email.url=http://plain.test/a\n"
      "body 1 mail_text name= type= complete bytes=plain http://plain.test/a\n"
      "1 email.url=https://html.test/?a&b\n"
      "body 1 mail_text name= type=text/html complete bytes=<a href=\"https://html.test/?a&amp;b\">x</a>\n"
      "1 email.attachment=\\xe6\\x97\\xa5\\xe6\\x9c\\xac.pdf\n"
      "1 email.attachment=\\xe6\\x97\\xa5\\xe6\\x9c\\xac\\xe8\\xaa\\x9e.pdf\n"
      "body 1 mail_part name=\\xe6\\x97\\xa5\\xe6\\x9c\\xac.pdf type=application/pdf complete bytes=Cat\n");
}

BOOST_AUTO_TEST_CASE(an_attached_message_is_taken_apart_and_its_header_is_not_the_mails) {
  const Recording told = read_checked(multipart(
      "--b\nContent-Type: message/rfc822; name=fwd.eml\n\nFrom: inner@x.test\nSubject: inner\nContent-Type: multipart/mixed; boundary=c\n\n"
      "--c\nContent-Disposition: attachment; filename=deep\n\nDEEP\n--c--\n--b--\n"));
  BOOST_TEST(
      told.text() ==
      "1 email.attachment=fwd.eml\n1 email.attachment=deep\nbody 1 mail_part name=deep type= complete bytes=DEEP\n");
}

BOOST_AUTO_TEST_CASE(an_encoded_attached_message_becomes_a_mail_for_another_decoder) {
  const std::string mail = multipart(
      "--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAoKeQo=\n--b--\n");
  const Recording told = read_checked(mail);
  BOOST_TEST(told.text() ==
             "body 1 mail_part name= type=message/rfc822 complete bytes=Subject: x\\x0a\\x0ay\\x0a\n");
  test::DecoderOptions inner;
  inner.meta.carrier = BodyCarrier::mail_part;
  inner.meta.media = BodyMedia::mail_message;
  const Recording nested = test::run_decoder(mime_decoder, test::whole("Subject: x\n\ny\n"), inner);
  BOOST_TEST(nested.lines[0] ==
             "body 1 mail_text name= type= complete bytes=y\\x0a");  // its header is not the mail's
}

BOOST_AUTO_TEST_CASE(a_uuencoded_file_in_a_text_is_an_attachment) {
  const Recording told = read_checked("Subject: uu\n\nsee\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n");
  BOOST_TEST(told.has("1 email.attachment=cat.txt"));
  BOOST_TEST(told.has("body 1 mail_part name=cat.txt type= complete bytes=Cat"));
  BOOST_TEST(told.count("body 1 mail_text") == 1U);
}

BOOST_AUTO_TEST_CASE(a_uuencoded_part_is_the_file_in_it) {
  const Recording told = read_checked(multipart(
      "--b\nContent-Type: application/x\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 cat.txt\n#0V%T\n`\nend\n--b--\n"));
  BOOST_TEST(told.has("1 email.attachment=cat.txt"));
  BOOST_TEST(told.has("body 1 mail_part name= type=application/x complete bytes=Cat"));
}

BOOST_AUTO_TEST_CASE(a_missing_last_delimiter_ends_the_part_with_the_mail) {
  BOOST_TEST(read_checked(multipart("--b\nContent-Type: a/b\n\nx\n"))
                 .has("body 1 mail_part name= type=a/b complete bytes=x\\x0d\\x0a"));
  BOOST_TEST(read_checked(multipart("--b\nContent-Type: a/b\n\nx\n--b--"))
                 .has("body 1 mail_part name= type=a/b complete bytes=x"));
  test::DecoderOptions cut = mail_options();
  cut.end = BodyEnd::truncated;
  const std::string mail = crlf(multipart("--b\nContent-Type: a/b\n\nx"));
  BOOST_TEST(test::run_decoder(mime_decoder, test::whole(mail), cut)
                 .has("body 1 mail_part name= type=a/b truncated bytes=x"));
}

BOOST_AUTO_TEST_CASE(an_outer_delimiter_ends_what_is_inside) {
  const Recording told = read_checked(multipart(
      "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: a/b\n\nx\n--b\nContent-Type: c/d\n\ny\n--c\nz\n--b--\n"));
  BOOST_TEST(told.has("body 1 mail_part name= type=a/b complete bytes=x"));
  BOOST_TEST(told.has("body 1 mail_part name= type=c/d complete bytes=y\\x0d\\x0a--c\\x0d\\x0az"));
}

BOOST_AUTO_TEST_CASE(a_line_that_only_begins_with_a_boundary_is_content_and_told) {
  const Recording told = read_checked(multipart("--b\nContent-Type: a/b\n\nx\n--bb\n--b--\n"));
  BOOST_TEST(told.has("anomaly 1 mime.boundary_prefix"));
  BOOST_TEST(told.has("body 1 mail_part name= type=a/b complete bytes=x\\x0d\\x0a--bb"));
}

BOOST_AUTO_TEST_CASE(a_part_after_the_last_delimiter_is_read_and_told) {
  const Recording told = read_checked(
      multipart("--b\n\nx\n--b--\n--b\nContent-Disposition: attachment; filename=hidden\n\nH\n--b--\n"));
  BOOST_TEST(told.has("anomaly 1 mime.part_after_end"));
  BOOST_TEST(told.has("body 1 mail_part name=hidden type= complete bytes=H"));
}

BOOST_AUTO_TEST_CASE(a_header_that_does_not_end_gives_its_attachment_all_the_same) {
  const Recording told =
      read_checked(multipart("--b\nContent-Disposition: attachment; filename=empty\n--b\n\nx\n--b--\n"));
  BOOST_TEST(told.has("body 1 mail_part name=empty type= complete bytes="));
  BOOST_TEST(told.has("body 1 mail_text name= type= complete bytes=x"));
}

BOOST_AUTO_TEST_CASE(a_line_that_is_no_field_begins_the_body) {
  const Recording told = read_checked("Subject: x\nthis is text\nFrom: text@x.test\n");
  BOOST_TEST(told.has("anomaly 1 mime.header_malformed"));
  BOOST_TEST(told.has("1 email.subject=x"));
  BOOST_TEST(told.count("1 email.from") == 0U);
  BOOST_TEST(told.has(
      "body 1 mail_text name= type= complete bytes=this is text\\x0d\\x0aFrom: text@x.test\\x0d\\x0a"));
}

BOOST_AUTO_TEST_CASE(a_mail_that_ends_in_its_header_shows_it) {
  BOOST_TEST(read_checked("From: a@x.test\nSubject: last").has("1 email.subject=last"));
  BOOST_TEST(read_checked("From: a@x.test\nSubject: last\n").has("1 email.subject=last"));
  BOOST_TEST(read_checked("").lines.empty());
  test::DecoderOptions cut = mail_options();
  cut.end = BodyEnd::truncated;
  const Recording told = test::run_decoder(mime_decoder, test::whole("From: a@x.test\r\nSubject: la"), cut);
  BOOST_TEST(told.has("1 email.from=a@x.test"));
  BOOST_TEST(told.count("1 email.subject") == 0U);  // cut: would be observed as what it is not
}

BOOST_AUTO_TEST_CASE(a_mailbox_line_and_a_stray_continuation_are_passed_over) {
  const Recording told = read_checked("From someone Mon Jan 1\nSubject: x\n\ny\n");
  BOOST_TEST(told.has("1 email.subject=x"));
  BOOST_TEST(read_checked(" continues nothing\nSubject: z\n\n").has("1 email.subject=z"));
}

BOOST_AUTO_TEST_CASE(every_name_of_an_attachment_is_observed) {
  const Recording told = read_checked(
      "Content-Type: text/plain; name=one.txt\nContent-Disposition: attachment; filename=two words.txt\n\nx\n");
  BOOST_TEST(told.text() ==
             "1 email.attachment=two words.txt\n1 email.attachment=two\n1 email.attachment=one.txt\n"
             "body 1 mail_part name=two words.txt type=text/plain complete bytes=x\\x0d\\x0a\n");
}

BOOST_AUTO_TEST_CASE(a_second_content_type_is_told_and_the_first_counts) {
  const Recording told = read_checked("Content-Type: a/b\nContent-Type: text/plain\n\nx\n");
  BOOST_TEST(told.has("anomaly 1 mime.duplicate_header"));
  BOOST_TEST(told.has("body 1 mail_part name= type=a/b complete bytes=x\\x0d\\x0a"));
}

BOOST_AUTO_TEST_CASE(odd_encodings_are_told_and_decoded_as_readers_do) {
  BOOST_TEST(read_checked("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nQ2\n!F0\n")
                 .has("anomaly 1 mime.base64_odd"));
  BOOST_TEST(read_checked("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\nQ2\n!F0\n")
                 .has("body 1 mail_part name= type=a/b complete bytes=Cat"));
  const Recording unknown = read_checked("Content-Type: a/b\nContent-Transfer-Encoding: rot13\n\nx\n");
  BOOST_TEST(unknown.has("anomaly 1 mime.unknown_encoding"));
  BOOST_TEST(unknown.has("body 1 mail_part name= type=a/b complete bytes=x\\x0d\\x0a"));
  BOOST_TEST(read_checked("Content-Type: a/b\nContent-Transfer-Encoding: x-gzip64\n\nQ2F0\n")
                 .has("body 1 mail_part gzip name= type=a/b complete bytes=Cat"));
  BOOST_TEST(read_checked("Content-Type: multipart/mixed\n\n--b\nx\n").has("anomaly 1 mime.no_boundary"));
}

BOOST_AUTO_TEST_CASE(a_hole_is_a_gap_of_the_part_and_loses_one_header_field) {
  const std::string head = "Content-Type: application/x\r\n\r\n";
  Recording told = test::run_decoder(mime_decoder, {{head + "ab"}, {"", 10}, {"cd"}}, mail_options());
  BOOST_TEST(told.has("body 1 mail_part name= type=application/x complete bytes=ab<gap 10>cd"));
  told = test::run_decoder(mime_decoder,
                           {{"From: a@x.test\r\nSubject: lo"}, {"", 10}, {"st\r\nDate: d\r\n\r\nx"}},
                           mail_options());
  BOOST_TEST(told.has("1 email.from=a@x.test"));
  BOOST_TEST(told.has("1 email.date=d"));
  BOOST_TEST(told.count("1 email.subject") == 0U);
}

BOOST_AUTO_TEST_CASE(multiparts_at_the_depth_limit_are_read_and_one_past_it_is_opaque) {
  const auto nested = [](size_t depth) {
    std::string mail;
    for (size_t i = 0; i < depth; ++i) {
      mail += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "x\r\n\r\n--b" +
              std::to_string(i) + "x\r\n";
    }
    return read(mail + "Content-Disposition: attachment; filename=deep\r\n\r\nD");
  };
  BOOST_TEST(nested(mime::depth_max).has("1 email.attachment=deep"));
  BOOST_TEST(nested(mime::depth_max).count("anomaly") == 0U);
  const Recording past = nested(mime::depth_max + 1);
  BOOST_TEST(past.has("anomaly 1 mime.nested_too_deep"));
  BOOST_TEST(!past.has("1 email.attachment=deep"));
  BOOST_TEST(past.count("body 1 mail_part name= type=multipart/mixed complete bytes=--b32x") == 1U);
  BOOST_TEST(nested(5000).count("anomaly") == 1U);
}

BOOST_AUTO_TEST_CASE(parts_at_the_limit_are_read_and_one_past_it_ends_decoding) {
  const auto with = [](size_t parts) {
    std::string mail = "Content-Type: multipart/mixed; boundary=b\r\n\r\n";
    for (size_t i = 0; i < parts; ++i) mail += "--b\r\n\r\nx\r\n";
    return read(mail + "--b--\r\n");
  };
  BOOST_TEST(with(mime::parts_max).count("body 1 mail_text") == mime::parts_max);
  BOOST_TEST(with(mime::parts_max).count("anomaly") == 0U);
  const Recording past = with(mime::parts_max + 1);
  BOOST_TEST(past.count("body 1 mail_text") == mime::parts_max);
  BOOST_TEST(past.count("anomaly 1 mime.too_many_parts") == 1U);
}

BOOST_AUTO_TEST_CASE(messages_inside_messages_count_as_parts) {
  std::string mail;
  for (int i = 0; i < 5000; ++i) mail += "Content-Type: message/rfc822\r\n\r\n";
  BOOST_TEST(read(mail).count("anomaly 1 mime.too_many_parts") == 1U);
}

BOOST_AUTO_TEST_CASE(a_field_at_the_limit_is_whole_and_one_past_it_is_told) {
  const auto with = [](size_t length) {
    std::string field = "X-Mailer: ";
    while (field.size() + 901 < length) field += std::string(900, 'x') + "\r\n ";
    // CRLF of the folds are not counted.
    size_t unfolded = 0;
    for (const char c : field) unfolded += c != '\r' && c != '\n' ? 1 : 0;
    field += std::string(length - unfolded, 'x');
    return read(field + "\r\nSubject: next\r\n\r\n");
  };
  BOOST_TEST(with(mime::field_bytes_max - 1).count("anomaly") == 0U);
  const Recording past = with(mime::field_bytes_max + 1);
  BOOST_TEST(past.count("anomaly 1 mime.header_too_long") == 1U);
  BOOST_TEST(past.has("1 email.subject=next"));
}

BOOST_AUTO_TEST_CASE(addresses_urls_and_boundaries_are_kept_to_their_bounds) {
  std::string to, text;
  for (size_t i = 0; i <= mime::addresses_max; ++i) to += "To: a@x.test\r\n";
  for (size_t i = 0; i <= mime::urls_max; ++i) text += "http://x.test/\r\n";
  const Recording told = read(to + "\r\n" + text);
  BOOST_TEST(told.count("1 email.to=") == mime::addresses_max);
  BOOST_TEST(told.count("anomaly 1 mime.too_many_addresses") == 1U);
  BOOST_TEST(told.count("1 email.url=") == mime::urls_max);
  BOOST_TEST(told.count("anomaly 1 mime.too_many_urls") == 1U);
  const auto with = [](size_t length) {
    const std::string boundary(length, 'b');
    return read("Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\r\n\r\n--" + boundary +
                "\r\nContent-Type: a/b\r\n\r\nx");
  };
  BOOST_TEST(with(mime::boundary_bytes_usual).count("anomaly") == 0U);
  BOOST_TEST(with(mime::boundary_bytes_usual + 1).has("anomaly 1 mime.boundary_too_long"));
  BOOST_TEST(with(mime::boundary_bytes_max).has("body 1 mail_part name= type=a/b complete bytes=x"));
  BOOST_TEST(with(mime::boundary_bytes_max + 1).count("body 1 mail_part name= type=multipart/mixed") == 1U);
}

BOOST_AUTO_TEST_CASE(hostile_mails_are_read_the_same_in_pieces) {
  for (
      const std::string_view mail :
      {"\n", "\n\n", ":\n: :\n\n", " \n", "From\n",
       "Content-Type: multipart/mixed; boundary=b\n--b\n--b--\n--b--",
       "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: inner\n\nx\n--b\n",
       "A:\n\n\n-\n--\n---\n", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n----\n",
       "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n--b--\n--b--\n"})
    static_cast<void>(read_checked(mail));
}
