// SPDX-License-Identifier: Apache-2.0
#include "dataplane/protocols/dns/name.h"

#include <boost/test/unit_test.hpp>
#include <vector>

#include "dataplane/protocols/dns/test_message.h"

using namespace sekisho;
using namespace sekisho::dns;
using namespace sekisho::dns::test;

BOOST_TEST_DONT_PRINT_LOG_VALUE(NameFault)

namespace {

// The text of the name at `at`; a name with a fault is "fault N".
std::string read(const std::string& message, size_t at = 0) {
  const std::vector<uint8_t> copy(message.begin(), message.end());
  NameReader names(copy);
  const Name name = names.read(at);
  return name.ok() ? std::string(name.text) : "fault " + std::to_string(static_cast<int>(name.fault));
}

std::string fault(NameFault fault) { return "fault " + std::to_string(static_cast<int>(fault)); }

}  // namespace

BOOST_AUTO_TEST_CASE(a_plain_name_has_no_final_dot) {
  BOOST_TEST(read(name("www.example.test")) == "www.example.test");
  BOOST_TEST(read(name("")) == ".");
}

BOOST_AUTO_TEST_CASE(pointers_are_followed_and_the_name_ends_behind_the_first) {
  const std::string message = name("example.test") + label("www") + pointer(0) + "rest";
  BOOST_TEST(read(message, 14) == "www.example.test");
  const std::vector<uint8_t> copy(message.begin(), message.end());
  BOOST_TEST(NameReader(copy).read(14).end == 20U);
  BOOST_TEST(!NameReader(copy).read(14).forward_pointer);
}

BOOST_AUTO_TEST_CASE(letters_keep_their_case) { BOOST_TEST(read(name("ExAmPlE.TeSt")) == "ExAmPlE.TeSt"); }

BOOST_AUTO_TEST_CASE(what_would_be_ambiguous_or_unprintable_is_escaped) {
  using namespace std::string_literals;
  BOOST_TEST(read(label("a.b") + name("test")) == "a\\.b.test");
  BOOST_TEST(read(label("a\\b") + name("test")) == "a\\\\b.test");
  BOOST_TEST(read(label("a\0\n\x7f\xff"s) + name("test")) == "a\\000\\010\\127\\255.test");
  BOOST_TEST(read(label("Living Room") + name("local")) == "Living Room.local");
}

BOOST_AUTO_TEST_CASE(well_formed_utf8_stands_and_the_rest_is_escaped) {
  BOOST_TEST(read(label("\xe9\x96\xa2\xe6\x89\x80") + name("local")) == "\xe9\x96\xa2\xe6\x89\x80.local");
  BOOST_TEST(read(label("\xc0\xaf") + name("local")) == "\\192\\175.local");          // overlong
  BOOST_TEST(read(label("\xed\xa0\x80") + name("local")) == "\\237\\160\\128.local");  // surrogate
  BOOST_TEST(read(label("\xe9\x96") + name("local")) == "\\233\\150.local");           // cut by the label
}

BOOST_AUTO_TEST_CASE(a_name_pointer_loop_is_a_fault) {
  BOOST_TEST(read(pointer(0)) == fault(NameFault::loop));
  BOOST_TEST(read(pointer(2) + pointer(0)) == fault(NameFault::loop));
  BOOST_TEST(read(label("a") + pointer(0)) == fault(NameFault::loop));
}

BOOST_AUTO_TEST_CASE(sixteen_jumps_are_followed_and_the_seventeenth_is_a_loop) {
  for (const unsigned jumps : {name_jumps_max, name_jumps_max + 1}) {
    std::string message = name("a.test");
    const unsigned first = static_cast<unsigned>(message.size());
    message += pointer(0);
    for (unsigned i = 1; i < jumps; ++i) message += pointer(first + 2 * (i - 1));
    BOOST_TEST(read(message, message.size() - 2) == (jumps == name_jumps_max ? "a.test" : fault(NameFault::loop)));
  }
}

BOOST_AUTO_TEST_CASE(a_forward_pointer_is_followed_as_glibc_does_and_told) {
  const std::string message = pointer(2) + name("a.test");
  const std::vector<uint8_t> copy(message.begin(), message.end());
  NameReader names(copy);
  const Name name = names.read(0);
  BOOST_TEST(name.text == "a.test");
  BOOST_TEST(name.forward_pointer);
  BOOST_TEST(name.end == 2U);
}

BOOST_AUTO_TEST_CASE(a_name_of_255_octets_is_read_and_one_of_256_is_too_long) {
  const std::string sixty_three(63, 'a');
  const std::string most = label(sixty_three) + label(sixty_three) + label(sixty_three);
  BOOST_TEST(read(most + label(std::string(61, 'b')) + '\0').size() == 253U);
  BOOST_TEST(read(most + label(std::string(62, 'b')) + '\0') == fault(NameFault::too_long));
}

BOOST_AUTO_TEST_CASE(a_too_long_name_still_has_an_end) {
  std::string message;
  for (int i = 0; i < 10; ++i) message += label(std::string(63, 'a'));
  message += '\0';
  const std::vector<uint8_t> copy(message.begin(), message.end());
  BOOST_TEST(NameReader(copy).read(0).end == message.size());
}

BOOST_AUTO_TEST_CASE(the_longest_name_of_unprintable_octets_fits_its_text) {
  std::string message;
  for (int i = 0; i < 127; ++i) message += label("\x01");
  BOOST_TEST(read(message + '\0').size() == 127U * 4 + 126);
  const std::string sixty_three(63, '\x01');
  message = label(sixty_three) + label(sixty_three) + label(sixty_three) + label(std::string(61, '\x01'));
  BOOST_TEST(read(message + '\0').size() == 250U * 4 + 3);
}

BOOST_AUTO_TEST_CASE(retired_label_types_are_a_fault) {
  using namespace std::string_literals;
  BOOST_TEST(read("\x41\x01\x80\0"s) == fault(NameFault::bad_label));
  BOOST_TEST(read(label("a") + "\x80\0"s) == fault(NameFault::bad_label));
}

BOOST_AUTO_TEST_CASE(a_name_cut_anywhere_is_a_fault_and_never_over_read) {
  const std::string message = name("example.test") + label("www") + pointer(0);
  for (size_t cut = 14; cut < message.size(); ++cut)
    BOOST_TEST(read(message.substr(0, cut), 14) == fault(NameFault::cut));
}

BOOST_AUTO_TEST_CASE(the_names_of_one_message_are_bounded_together) {
  const std::string sixty_three(63, 'a');
  const std::string message =
      label(sixty_three) + label(sixty_three) + label(sixty_three) + label(std::string(61, 'b')) + '\0';
  const std::vector<uint8_t> copy(message.begin(), message.end());
  NameReader names(copy);
  size_t read_count = 0;
  while (names.read(0).ok()) ++read_count;
  BOOST_TEST(read_count == (name_octets_per_message_max - 1) / 254);
  BOOST_TEST((names.read(0).fault == NameFault::work));
}
