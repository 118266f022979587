// SPDX-License-Identifier: Apache-2.0
// Body: one body on its way through its decoders to size, type, digests and patterns.
//
// Thread-safety: one lcore. Memory from BodyMemory's pools, taken at start.
#pragma once

#include <cstdint>

#include "dataplane/content/codec_memory.h"
#include "dataplane/content/decoder.h"
#include "dataplane/content/file_hash.h"
#include "dataplane/content/line_readings.h"
#include "dataplane/inspect/limits.h"
#include "dataplane/inspect/range_assembly.h"
#include "dataplane/observe/sink.h"
#include "dataplane/pool/block_pool.h"

namespace sekisho {

class Image;
class Scratch;
struct FlowInspection;

// What is kept of a name and of a declared type: the catalogue's maxima for file.name and file.declared_type would make every body
// larger than most need; longer ones are cut there and the record says so by their length.
inline constexpr size_t body_name_bytes_max = 512;
inline constexpr size_t body_type_bytes_max = 128;
// First bytes kept to tell the type of a file (content/file_type.h looks no further).
inline constexpr size_t body_head_bytes = 512;

struct Body {
  struct Layer {
    const Decoder* decoder;
    void* state;
    uint64_t offset;   // bytes taken in so far
    bool broken;       // damaged: counted, no longer decoded
  };

  // Whether its bytes go to the file store (stored_files.cpp). `undecided`: until its type is known.
  enum class Store : uint8_t { undecided, on, over };
  // Whether the file is read as an archive beside being a file (archives.cpp).
  enum class Archive : uint8_t { undecided, none, open, closed };

  Body* next = nullptr;
  BodyId id = no_body;
  TxId tx = no_tx;
  uint32_t file_id = 0;
  BodyCarrier carrier{};
  Direction direction{};
  bool has_gap = false;
  bool touched = false;         // grew in this segment
  bool end_unknown = false;     // chunked, close-delimited, a mail's part: judged at each segment
  bool container = false;       // taken apart (a mail): no file of its own
  bool assembles = false;       // a range that goes on where the file so far ends: `assembled` holds both
  bool of_lines = false;        // a mailed text: `line_readings` holds what `hash` lacks
  Archive archive = Archive::undecided;
  uint8_t depth = 0;            // archives that it is in
  uint8_t app_protocol = 0;     // that carries it: index in the protocol list + 1
  Store store = Store::over;
  bool stored = false;          // all its bytes are in the ring of files
  bool exhausted = false;       // its members had more than their bound: no more of them is read
  uint8_t layer_count = 0;
  uint16_t name_size = 0;
  uint16_t type_size = 0;
  uint16_t head_size = 0;
  uint64_t size = 0;            // decoded bytes
  uint64_t encoded_bytes = 0;
  ByteRange range;
  Layer layers[body_layers_max + 1] = {};
  Layer reader = {};            // of an open archive
  Body* holder = nullptr;       // of a member: its archive; outlives it
  Body* outermost = nullptr;    // of a member: the file that came by itself; outlives it
  const char* store_reason = "off";  // why it is not stored; static
  uint64_t store_bytes = 0;     // put into the ring of files so far
  uint64_t opened_bytes = 0;    // of such a file: the content of all members, in whatever depth
  void* pattern_stream = nullptr;
  uint32_t pattern_generation = 0;  // of the image the stream belongs to
  FileHash hash;
  RangeAssembly::File whole;    // that the range is part of
  FileHash assembled;
  uint64_t assembled_before = 0;  // bytes of the range that `assembled` has from an earlier one, still to come
  LineReadings line_readings;
  uint8_t name[body_name_bytes_max];
  uint8_t type[body_type_bytes_max];
  uint8_t head[body_head_bytes];

  Bytes name_bytes() const { return {name, name_size}; }
  Bytes type_bytes() const { return {type, type_size}; }
  Bytes head_bytes() const { return {head, head_size}; }
};

// The others are looked through and are nobody's download.
inline bool carries_file(BodyCarrier carrier) {
  return carrier != BodyCarrier::mail_text && carrier != BodyCarrier::http_query && carrier != BodyCarrier::websocket_message;
}

struct BodyMemory {
  BodyMemory(uint32_t bodies_max, uint32_t decoders_max, uint32_t streams_max, size_t stream_bytes,
             const CodecMemorySize& codecs);
  BlockPool bodies;
  // Most decoders need little, a few (a mail's) much.
  BlockPool& states_for(const Decoder& decoder) {
    return decoder.state_bytes <= decoder_states.block_bytes() ? decoder_states : large_decoder_states;
  }
  BlockPool decoder_states;
  BlockPool large_decoder_states;
  BlockPool pattern_streams;  // Hyperscan stream state
  CodecMemory codecs;         // decompressors: tens of KB each
};

}  // namespace sekisho
