// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "matchers/image/loaded_image.h"
#include "matchers/limits.h"

using namespace sekisho;
using namespace sekisho::test;

namespace {

using Texts = std::vector<std::string>;

// One body through a stream, cut where `cuts` says; the state is an exact-size aligned copy.
class Body {
 public:
  explicit Body(LoadedImage& loaded) : loaded_(loaded), state_(std::vector<uint8_t>(loaded.image->stream_state_bytes())) {
    opened = loaded.image->stream_open(state_.span());
  }
  Texts scan(std::string_view piece, int64_t now_s = 1000) {
    std::vector<Hit> hits(256);
    hits.resize(loaded_.image->stream_scan(state_.span(), as_bytes(piece), 7, now_s, *loaded_.scratch, hits, loaded_.dropped));
    return loaded_.told(hits, 0);
  }
  Texts finish() {
    std::vector<Hit> hits(256);
    hits.resize(loaded_.image->stream_finish(state_.span(), 7, 1000, *loaded_.scratch, hits, loaded_.dropped));
    return loaded_.told(hits, 0);
  }
  void close() { loaded_.image->stream_close(state_.span(), *loaded_.scratch); }
  std::span<uint8_t> state() { return state_.span(); }

  bool opened = false;

 private:
  LoadedImage& loaded_;
  AlignedBytes state_;
};

}  // namespace

BOOST_AUTO_TEST_CASE(patterns_are_scanned_by_kind) {
  LoadedImage loaded({indicator(Kind::subject, "Invoice", MatchMode::literal), indicator(Kind::file_name, "*.scr", MatchMode::glob),
                      indicator(Kind::user_agent, "Python-[a-z]+/[0-9]", MatchMode::regex), indicator(Kind::url, "/gate.php", MatchMode::literal),
                      indicator(Kind::domain, "paypa1", MatchMode::literal)});
  BOOST_TEST(loaded.report.rejected.empty());
  BOOST_TEST((loaded.scan(Kind::subject, "your invoice 5") == Texts{"Invoice @5:7"}));
  BOOST_TEST(loaded.scan(Kind::file_name, "your invoice.scr").size() == 1U);
  BOOST_TEST(loaded.scan(Kind::file_name, "your invoice.scr.txt").empty());
  BOOST_TEST(loaded.scan(Kind::user_agent, "python-requests/2").size() == 1U);
  BOOST_TEST((loaded.scan(Kind::url, "h.test/gate.php?x") == Texts{"/gate.php @6:9"}));
  BOOST_TEST(loaded.scan(Kind::domain, "www.paypa1-login.test").size() == 1U);
  BOOST_TEST(loaded.scan(Kind::referer, "h.test/gate.php?x").empty());
  BOOST_TEST(loaded.scan(Kind::keyword, "invoice").empty());
}

BOOST_AUTO_TEST_CASE(a_refused_pattern_is_reported_and_the_rest_keeps_its_meaning) {
  LoadedImage loaded({indicator(Kind::keyword, "(((", MatchMode::regex), indicator(Kind::keyword, "zebra", MatchMode::literal),
                      indicator(Kind::keyword, "x*", MatchMode::regex), indicator(Kind::keyword, "ap+le", MatchMode::regex),
                      indicator(Kind::subject, "(?=x)", MatchMode::regex)});
  BOOST_REQUIRE_EQUAL(loaded.report.rejected.size(), 3U);
  BOOST_TEST(loaded.report.accepted == 2U);
  BOOST_TEST((loaded.report.rejected[0].index == 0 && loaded.report.rejected[1].index == 2 && loaded.report.rejected[2].index == 4));
  BOOST_TEST(loaded.report.rejected[1].reason.find("empty") != std::string::npos, loaded.report.rejected[1].reason);
  BOOST_TEST((loaded.scan(Kind::keyword, "a zebra") == Texts{"zebra @2:5"}));
  BOOST_TEST((loaded.scan(Kind::keyword, "an appple") == Texts{"ap+le"}));
  BOOST_TEST((loaded.image->pattern_kinds() == kind_bit(Kind::keyword)));
}

BOOST_AUTO_TEST_CASE(a_pattern_is_told_once_a_scan_and_only_while_valid) {
  Indicator old = indicator(Kind::keyword, "aa", MatchMode::literal);
  old.valid_until_s = 500;
  LoadedImage loaded({old, indicator(Kind::keyword, "bb", MatchMode::literal)});
  BOOST_TEST((loaded.scan(Kind::keyword, "aaaa bbbb bb", 499) == Texts{"aa @0:2", "bb @5:2"}));
  BOOST_TEST((loaded.scan(Kind::keyword, "aaaa bbbb bb", 500) == Texts{"bb @5:2"}));
}

BOOST_AUTO_TEST_CASE(of_a_crowded_text_the_strongest_actions_are_told_wherever_they_stand) {
  std::vector<Indicator> list = {indicator(Kind::keyword, "strong", MatchMode::literal)};
  list.back().action = Action::reset;
  std::string many;
  for (unsigned i = 0; i < scan_hits_max + 1; ++i) {
    list.push_back(indicator(Kind::keyword, "word" + std::to_string(1000 + i), MatchMode::literal));
    list.back().action = Action::alert;
    many += list.back().value + " ";
  }
  const auto has = [](const Texts& texts) {
    return std::any_of(texts.begin(), texts.end(), [](const std::string& one) { return one.starts_with("strong @"); });
  };
  LoadedImage loaded(list);
  for (const std::string& text : {"strong " + many, many + "strong"}) {
    loaded.dropped = 0;
    const Texts whole = loaded.scan(Kind::keyword, text);
    BOOST_TEST(whole.size() == scan_hits_max);
    BOOST_TEST(has(whole));
    BOOST_TEST(loaded.dropped == 2U);
    Body body(loaded);
    BOOST_TEST(has(body.scan(text)));
    body.close();
  }
}

BOOST_AUTO_TEST_CASE(a_scan_tells_at_most_its_share_and_counts_the_rest) {
  std::vector<Indicator> list;
  std::string all;
  for (unsigned i = 0; i < scan_hits_max; ++i) {
    list.push_back(indicator(Kind::keyword, "word" + std::to_string(1000 + i), MatchMode::literal));
    all += list.back().value + " ";
  }
  LoadedImage at_limit(list);
  BOOST_TEST(at_limit.scan(Kind::keyword, all).size() == scan_hits_max);
  BOOST_TEST(at_limit.dropped == 0U);
  list.push_back(indicator(Kind::keyword, "another", MatchMode::literal));
  LoadedImage past(list);
  BOOST_TEST(past.scan(Kind::keyword, all + "another").size() == scan_hits_max);
  BOOST_TEST(past.dropped == 1U);
  // A stream goes on matching after its piece was full.
  past.dropped = 0;
  Body body(past);
  BOOST_REQUIRE(body.opened);
  BOOST_TEST(body.scan(all + "another").size() == scan_hits_max);
  BOOST_TEST(past.dropped == 1U);
  BOOST_TEST((body.scan(" another") == Texts{"another @" + std::to_string(all.size() + 8) + ":7"}));
  body.close();
}

BOOST_AUTO_TEST_CASE(a_body_split_at_every_byte_is_the_whole_body) {
  LoadedImage loaded({indicator(Kind::keyword, "Top Secret", MatchMode::literal), indicator(Kind::keyword, "card [0-9]{4}", MatchMode::regex),
                      indicator(Kind::keyword, "the end$", MatchMode::regex)});
  const std::string text = "this TOP SECRET has card 1234 and the end";
  for (size_t cut = 0; cut <= text.size(); ++cut) {
    Body body(loaded);
    BOOST_REQUIRE(body.opened);
    Texts told = body.scan(std::string_view(text).substr(0, cut));
    for (std::string& more : body.scan(std::string_view(text).substr(cut))) told.push_back(std::move(more));
    BOOST_TEST((told == Texts{"Top Secret @5:10", "card [0-9]{4} @0:29"}));
    BOOST_TEST((body.finish() == Texts{"the end$ @0:41"}));
    BOOST_TEST(body.scan("top secret").empty());  // closed
  }
  Body byte_by_byte(loaded);
  Texts told;
  for (const char c : text)
    for (std::string& more : byte_by_byte.scan(std::string_view(&c, 1))) told.push_back(std::move(more));
  BOOST_TEST((told == Texts{"Top Secret @5:10", "card [0-9]{4} @0:29"}));
  byte_by_byte.close();
}

BOOST_AUTO_TEST_CASE(streams_need_their_room_and_their_image) {
  LoadedImage loaded({indicator(Kind::keyword, "secret")}), other({indicator(Kind::keyword, "secret")}), without({indicator(Kind::domain, "a.test")});
  BOOST_TEST(loaded.image->stream_state_bytes() % 64 == 0U);
  AlignedBytes state(std::vector<uint8_t>(loaded.image->stream_state_bytes() + 64));
  BOOST_TEST(!loaded.image->stream_open(state.span().first(loaded.image->stream_state_bytes() - 1)));
  BOOST_TEST(!loaded.image->stream_open(state.span().subspan(8)));
  BOOST_TEST(!without.image->stream_open(state.span()));
  Body body(loaded);
  Hit hits[4];
  uint64_t dropped = 0;
  BOOST_TEST(other.image->stream_scan(body.state(), as_bytes("secret"), 1, 0, *other.scratch, hits, dropped) == 0U);
  BOOST_TEST(loaded.image->stream_scan(body.state(), as_bytes("secret"), 1, 0, *other.scratch, hits, dropped) == 0U);
  BOOST_TEST(body.scan("secret").size() == 1U);
  body.close();
  body.close();
}

BOOST_AUTO_TEST_CASE(many_streams_interleave_without_mixing) {
  LoadedImage loaded({indicator(Kind::keyword, "alpha beta")});
  std::vector<std::unique_ptr<Body>> bodies;
  for (int i = 0; i < 50; ++i) bodies.push_back(std::make_unique<Body>(loaded));
  for (size_t i = 0; i < bodies.size(); ++i) BOOST_TEST(bodies[i]->scan(i % 2 ? "alpha" : "gamma").empty());
  for (size_t i = 0; i < bodies.size(); ++i) BOOST_TEST(bodies[i]->scan(" beta").size() == i % 2);
  for (auto& body : bodies) body->close();
}

BOOST_AUTO_TEST_CASE(each_scan_tells_anew) {
  LoadedImage loaded({indicator(Kind::keyword, "secret")});
  for (int i = 0; i < 1000; ++i) BOOST_REQUIRE_EQUAL(loaded.scan(Kind::keyword, "secret secret").size(), 1U);
}
