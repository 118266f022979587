// SPDX-License-Identifier: Apache-2.0
// Conversations that reach the parsers: the input is a list of small orders (send these bytes, send some
// again, leave a hole, acknowledge, reset, in fragments ...) from which whole frames with right checksums are
// made, so that no byte is spent on headers.
#include <array>
#include <utility>

#include "tests/fuzz/walk.h"

using namespace sekisho;
using namespace sekisho::fuzz;

namespace {

constexpr uint8_t tcp = 6, udp = 17;

uint16_t folded(uint64_t sum) {
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}
uint64_t sum_of(Bytes bytes) {
  uint64_t sum = 0;
  for (size_t i = 0; i + 1 < bytes.size(); i += 2) sum += load_be16(&bytes[i]);
  if (bytes.size() % 2 != 0) sum += uint64_t{bytes.back()} << 8;
  return sum;
}

void put(std::vector<uint8_t>& out, Bytes bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// One of four conversations: client 10.0.0.1, servers 198.51.100.1 (listed) and 203.0.113.1, both over TCP
// and UDP.
struct Path {
  bool second_server = false;
  Direction direction = Direction::client_to_server;
  std::array<uint8_t, 4> address(bool of_sender) const {
    const bool client = (direction == Direction::client_to_server) == of_sender;
    if (client) return {10, 0, 0, 1};
    return second_server ? std::array<uint8_t, 4>{203, 0, 113, 1} : std::array<uint8_t, 4>{198, 51, 100, 1};
  }
  uint16_t port(bool of_sender, uint16_t server_port) const {
    return (direction == Direction::client_to_server) == of_sender ? uint16_t{40000} : server_port;
  }
};

// Ethernet and IPv4 in front of `segment`, in one piece or in fragments that are cut (and sent) as `cuts`
// says.
struct Fragmentation {
  uint8_t cut = 0;  // in units of 8 bytes; 0 = whole
  bool reversed = false;
  bool overlapping = false;
};

class Frames {
 public:
  explicit Frames(FuzzInput& input) : input_(input) {}

  std::vector<FuzzedFrame> take() {
    while (!input_.empty() && frames_.size() < 96) order();
    return std::move(frames_);
  }

 private:
  struct Half {
    uint32_t next = 1000;  // sequence number of the next byte
  };
  struct Connection {
    bool opened = false;
    Half halves[2];
  };

  void order() {
    const uint8_t about = input_.u8();
    const Path path{(about & 0x10) != 0,
                    (about & 0x08) != 0 ? Direction::server_to_client : Direction::client_to_server};
    Connection& connection = connections_[path.second_server ? 1 : 0];
    if ((about & 0x20) != 0) pause_ms_ = 250U * input_.u8();
    const size_t from = index_of(path.direction);
    switch (about & 7) {
      case 0:
      case 1: return in_order(path, connection);
      case 2: return out_of_order(path, connection, -static_cast<int>(input_.u8()));
      case 3: return out_of_order(path, connection, input_.u8());
      case 4: {
        const auto back = static_cast<uint32_t>(input_.u8());
        return segment(path, connection, connection.halves[from].next,
                       connection.halves[1 - from].next - back, tcp_flag::ack, {});
      }
      case 5: {
        const uint8_t flags = input_.u8() & 0x3f;
        segment(path, connection, connection.halves[from].next, connection.halves[1 - from].next, flags, {});
        if ((flags & (tcp_flag::syn | tcp_flag::fin)) != 0) ++connection.halves[from].next;
        return;
      }
      case 6: return datagram(path, {});
      default: {
        const uint8_t how = input_.u8();
        return datagram(path, {static_cast<uint8_t>(1 + (how & 0x1f)), (how & 0x20) != 0, (how & 0x40) != 0});
      }
    }
  }

  void open(const Path& path, Connection& connection) {
    if (connection.opened) return;
    connection.opened = true;
    Path way = path;
    for (const auto& [direction, flags] :
         {std::pair{Direction::client_to_server, uint8_t{tcp_flag::syn}},
          std::pair{Direction::server_to_client, uint8_t{tcp_flag::syn | tcp_flag::ack}}}) {
      way.direction = direction;
      Half& half = connection.halves[index_of(direction)];
      segment(way, connection, half.next, connection.halves[1 - index_of(direction)].next, flags, {});
      ++half.next;
    }
    way.direction = Direction::client_to_server;
    segment(way, connection, connection.halves[0].next, connection.halves[1].next, tcp_flag::ack, {});
  }

  void in_order(const Path& path, Connection& connection) {
    open(path, connection);
    Half& half = connection.halves[index_of(path.direction)];
    const Bytes payload = input_.take(input_.u8());
    segment(path, connection, half.next, connection.halves[1 - index_of(path.direction)].next,
            tcp_flag::ack | tcp_flag::psh, payload);
    half.next += static_cast<uint32_t>(payload.size());
  }

  void out_of_order(const Path& path, Connection& connection, int by) {
    open(path, connection);
    const size_t from = index_of(path.direction);
    const uint32_t at = connection.halves[from].next + static_cast<uint32_t>(by);
    segment(path, connection, at, connection.halves[1 - from].next, tcp_flag::ack,
            input_.take(input_.u8() & 0x3f));
  }

  void segment(const Path& path, const Connection&, uint32_t sequence, uint32_t acknowledgment, uint8_t flags,
               Bytes payload) {
    std::vector<uint8_t> out(20);
    store_be16(&out[0], path.port(true, 80));
    store_be16(&out[2], path.port(false, 80));
    store_be32(&out[4], sequence);
    store_be32(&out[8], (flags & tcp_flag::ack) != 0 ? acknowledgment : 0);
    out[12] = 5 << 4;
    out[13] = flags;
    store_be16(&out[14], 65000);
    if ((flags & tcp_flag::urg) != 0) store_be16(&out[18], 1);
    put(out, payload);
    send(path, tcp, out, 16, {});
  }

  void datagram(const Path& path, const Fragmentation& fragmentation) {
    const Bytes payload = input_.take(input_.u8());
    std::vector<uint8_t> out(8);
    store_be16(&out[0], path.port(true, 53));
    store_be16(&out[2], path.port(false, 53));
    store_be16(&out[4], static_cast<uint16_t>(8 + payload.size()));
    put(out, payload);
    send(path, udp, out, 6, fragmentation);
  }

  void send(const Path& path, uint8_t protocol, std::vector<uint8_t>& segment, size_t checksum_at,
            const Fragmentation& how) {
    const auto from = path.address(true), to = path.address(false);
    const uint16_t checksum = folded(sum_of(from) + sum_of(to) + protocol + segment.size() + sum_of(segment));
    store_be16(&segment[checksum_at], checksum == 0 ? uint16_t{0xffff} : checksum);
    ++identification_;
    const size_t cut = std::min<size_t>(size_t{how.cut} * 8, segment.size());
    if (cut == 0 || cut == segment.size()) return frame(path, protocol, segment, 0, false);
    const size_t second = how.overlapping ? cut - 8 : cut;
    if (!how.reversed) frame(path, protocol, Bytes(segment).first(cut), 0, true);
    frame(path, protocol, Bytes(segment).subspan(second), second, false);
    if (how.reversed) frame(path, protocol, Bytes(segment).first(cut), 0, true);
  }

  void frame(const Path& path, uint8_t protocol, Bytes segment, size_t offset, bool more) {
    FuzzedFrame out;
    out.port = path.direction == Direction::client_to_server ? 0 : 1;
    out.pause_ms = std::exchange(pause_ms_, 0);
    out.bytes = {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, 0x45, 0};
    out.bytes.resize(34);
    uint8_t* ip = &out.bytes[14];
    store_be16(ip + 2, static_cast<uint16_t>(20 + segment.size()));
    store_be16(ip + 4, identification_);
    store_be16(ip + 6, static_cast<uint16_t>((more ? 0x2000 : 0) | offset / 8));
    ip[8] = 64;
    ip[9] = protocol;
    const auto from = path.address(true), to = path.address(false);
    std::copy(from.begin(), from.end(), ip + 12);
    std::copy(to.begin(), to.end(), ip + 16);
    store_be16(ip + 10, folded(sum_of({ip, 20})));
    put(out.bytes, segment);
    frames_.push_back(std::move(out));
  }

  FuzzInput& input_;
  std::vector<FuzzedFrame> frames_;
  Connection connections_[2];
  uint32_t pause_ms_ = 0;
  uint16_t identification_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  FuzzInput input(data, size);
  const WalkOptions options(input.u8());
  walk(Frames(input).take(), LinkType::ethernet, options);
  return 0;
}
