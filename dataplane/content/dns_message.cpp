// SPDX-License-Identifier: Apache-2.0
#include "dataplane/content/dns_message.h"

#include <algorithm>
#include <new>

#include "dataplane/content/limits.h"
#include "dataplane/protocols/dns/message.h"

namespace sekisho {

namespace {

struct DnsMessageState {
  Direction direction;
  bool cut = false;
  size_t size = 0;
  uint8_t message[dns_body_bytes_max];
};
static_assert(sizeof(DnsMessageState) <= large_decoder_state_bytes_max);

bool start(void* memory, const BodyMeta& meta, DecoderContext&) {
  auto* state = new (memory) DnsMessageState;  // `message` stays as it is: nothing reads past `size`
  state->direction = meta.direction;
  return true;
}

bool data(void* memory, const DecoderInput& input, Sink& out) {
  auto& state = *static_cast<DnsMessageState*>(memory);
  const size_t size = state.cut ? 0 : std::min(input.bytes.size(), sizeof state.message - state.size);
  std::copy_n(input.bytes.data(), size, state.message + state.size);
  state.size += size;
  state.cut |= size < input.bytes.size();
  out.body_data(input.body, input.bytes);
  return true;
}

void gap(void* memory, const DecoderInput& at, uint64_t missing_bytes, Sink& out) {
  static_cast<DnsMessageState*>(memory)->cut = true;
  out.body_gap(at.body, missing_bytes);
}

void finish(void* memory, const DecoderInput&, BodyEnd end, Sink& out) {
  auto& state = *static_cast<DnsMessageState*>(memory);
  if (state.size == 0) return;
  const bool whole = end == BodyEnd::complete && !state.cut;
  dns::report_message({state.message, state.size}, whole ? dns::Wholeness::whole : dns::Wholeness::cut, state.direction, 0, out);
}

}  // namespace

const Decoder dns_message_decoder = {"dns_message", sizeof(DnsMessageState), start, data, gap, finish};

}  // namespace sekisho
