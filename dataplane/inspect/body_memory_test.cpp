// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <vector>

#include "dataplane/inspect/body.h"

using namespace sekisho;

BOOST_AUTO_TEST_CASE(the_state_of_every_decoder_fits_the_block_it_gets) {
  BodyMemory memory(16, 16, 1, 64, CodecMemorySize{});
  std::vector<const Decoder*> decoders = {decoder_for(BodyMedia::mail_message)};
  for (const auto encoding : {ContentEncoding::gzip, ContentEncoding::deflate, ContentEncoding::brotli, ContentEncoding::zstd})
    decoders.push_back(decoder_for(encoding));
  for (const Decoder* decoder : decoders) {
    BOOST_REQUIRE(decoder != nullptr);
    BOOST_TEST(decoder->state_bytes <= memory.states_for(*decoder).block_bytes(), decoder->name);
  }
}

BOOST_AUTO_TEST_CASE(a_mail_that_begins_leaves_the_states_of_other_bodies_alone) {
  BodyMemory memory(16, 16, 1, 64, CodecMemorySize{});
  DecoderContext context{memory.codecs, {}};
  const Decoder& gzip = *decoder_for(ContentEncoding::gzip);
  const Decoder& mail = *decoder_for(BodyMedia::mail_message);
  void* mail_state = memory.states_for(mail).take();
  void* gzip_state = memory.states_for(gzip).take();
  BOOST_REQUIRE(mail_state != nullptr && gzip_state != nullptr);
  BOOST_REQUIRE(gzip.start(gzip_state, {}, context));
  std::vector<uint8_t> before(gzip.state_bytes);
  std::memcpy(before.data(), gzip_state, before.size());
  BOOST_REQUIRE(mail.start(mail_state, {}, context));
  BOOST_TEST(std::memcmp(before.data(), gzip_state, before.size()) == 0);
}
