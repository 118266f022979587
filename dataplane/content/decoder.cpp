// SPDX-License-Identifier: Apache-2.0
// The tables of all decoders. A new one is a line here.
#include "dataplane/content/decoder.h"

#include "dataplane/content/brotli.h"
#include "dataplane/content/dns_message.h"
#include "dataplane/content/inflate.h"
#include "dataplane/content/lzw.h"
#include "dataplane/content/mime/mime.h"
#include "dataplane/content/zstd.h"

namespace sekisho {

namespace {

struct ByEncoding {
  ContentEncoding encoding;
  const Decoder* decoder;
};
constexpr ByEncoding by_encoding[] = {
    {ContentEncoding::gzip, &gzip_decoder},
    {ContentEncoding::deflate, &deflate_decoder},
    {ContentEncoding::brotli, &brotli_decoder},
    {ContentEncoding::zstd, &zstd_decoder},
    {ContentEncoding::compress, &compress_decoder},
};

struct ByMedia {
  BodyMedia media;
  const Decoder* decoder;
};
constexpr ByMedia by_media[] = {
    {BodyMedia::mail_message, &mime_decoder},
    {BodyMedia::dns_message, &dns_message_decoder},
    {BodyMedia::multipart, &multipart_decoder},
};

}  // namespace

const Decoder* decoder_for(ContentEncoding encoding) {
  for (const ByEncoding& entry : by_encoding)
    if (entry.encoding == encoding) return entry.decoder;
  return nullptr;
}

const Decoder* decoder_for(BodyMedia media) {
  for (const ByMedia& entry : by_media)
    if (entry.media == media) return entry.decoder;
  return nullptr;
}

}  // namespace sekisho
