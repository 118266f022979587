// SPDX-License-Identifier: Apache-2.0
// For the tests of tls and quic: OpenSSL as a real client and server in memory, with a certificate made on
// the spot. What it says is compared with what we read of it.
#pragma once

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace sekisho::tls::test {

struct OpensslFree {
  void operator()(SSL_CTX* object) const { SSL_CTX_free(object); }
  void operator()(SSL* object) const { SSL_free(object); }
  void operator()(X509* object) const { X509_free(object); }
  void operator()(EVP_PKEY* object) const { EVP_PKEY_free(object); }
  void operator()(SSL_SESSION* object) const { SSL_SESSION_free(object); }
  void operator()(BIO* object) const { BIO_free(object); }
};
template <typename Object>
using Owned = std::unique_ptr<Object, OpensslFree>;

inline void must(bool done, const char* what) {
  if (!done) throw std::runtime_error(what);
}

struct Identity {
  Owned<EVP_PKEY> key;
  Owned<X509> certificate;
};

inline void add_entry(X509_NAME* name, const char* kind, const std::string& text) {
  must(X509_NAME_add_entry_by_txt(name, kind, MBSTRING_UTF8,
                                  reinterpret_cast<const unsigned char*>(text.data()),
                                  static_cast<int>(text.size()), -1, 0) == 1,
       "name");
}

// Self-signed. `names` as in openssl.cnf: "DNS:a.test,IP:192.0.2.1".
inline Identity make_identity(const std::string& common_name, const std::string& names, uint64_t serial,
                              long valid_s) {
  Identity out{Owned<EVP_PKEY>(EVP_EC_gen("P-256")), Owned<X509>(X509_new())};
  X509* x = out.certificate.get();
  must(out.key && x != nullptr, "identity");
  X509_set_version(x, 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(x), serial);
  X509_gmtime_adj(X509_getm_notBefore(x), -86400);
  X509_gmtime_adj(X509_getm_notAfter(x), valid_s);
  add_entry(X509_get_subject_name(x), "C", "JP");
  add_entry(X509_get_subject_name(x), "O", "Example, Inc.");
  add_entry(X509_get_subject_name(x), "CN", common_name);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  X509_set_pubkey(x, out.key.get());
  if (!names.empty()) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    must(extension != nullptr && X509_add_ext(x, extension, -1) == 1, "subject alternative names");
    X509_EXTENSION_free(extension);
  }
  must(X509_sign(x, out.key.get(), EVP_sha256()) > 0, "signing");
  return out;
}

struct PeerOptions {
  int lowest = TLS1_2_VERSION;
  int highest = TLS1_3_VERSION;
  std::string groups;  // as SSL_CTX_set1_groups_list takes them; empty = OpenSSL's own
  std::string signature_algorithms;
  std::string ciphers;  // up to TLS 1.2
  std::string server_name;
  std::vector<std::string> alpn;
  SSL_SESSION* resumed = nullptr;
};

inline std::string alpn_list(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out += static_cast<char>(name.size()) + name;
  return out;
}

inline Owned<SSL_CTX> make_context(const SSL_METHOD* method, const PeerOptions& options) {
  Owned<SSL_CTX> out(SSL_CTX_new(method));
  must(SSL_CTX_set_min_proto_version(out.get(), options.lowest) == 1, "version");
  must(SSL_CTX_set_max_proto_version(out.get(), options.highest) == 1, "version");
  SSL_CTX_set_security_level(out.get(), 0);
  if (!options.groups.empty())
    must(SSL_CTX_set1_groups_list(out.get(), options.groups.c_str()) == 1, "groups");
  if (!options.signature_algorithms.empty())
    must(SSL_CTX_set1_sigalgs_list(out.get(), options.signature_algorithms.c_str()) == 1,
         "signature algorithms");
  if (!options.ciphers.empty())
    must(SSL_CTX_set_cipher_list(out.get(), options.ciphers.c_str()) == 1, "ciphers");
  return out;
}

// One end of a connection whose bytes go into and come out of memory.
class Peer {
 public:
  Peer(Owned<SSL_CTX> context, const PeerOptions& options, bool is_client)
      : context_(std::move(context)),
        ssl_(SSL_new(context_.get())),
        in_(BIO_new(BIO_s_mem())),
        out_(BIO_new(BIO_s_mem())) {
    SSL_set_bio(ssl_.get(), in_, out_);
    SSL_set_accept_state(ssl_.get());
    if (!is_client) return;
    if (!options.server_name.empty())
      must(SSL_set_tlsext_host_name(ssl_.get(), options.server_name.c_str()) == 1, "server name");
    if (!options.alpn.empty()) {
      const std::string list = alpn_list(options.alpn);
      must(SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(list.data()),
                               static_cast<unsigned>(list.size())) == 0,
           "alpn");
    }
    if (options.resumed != nullptr) must(SSL_set_session(ssl_.get(), options.resumed) == 1, "session");
    SSL_set_connect_state(ssl_.get());
  }
  static Peer client(const PeerOptions& options) {
    return {make_context(TLS_client_method(), options), options, true};
  }
  static Peer server(const PeerOptions& options, const Identity& identity) {
    Owned<SSL_CTX> context = make_context(TLS_server_method(), options);
    must(SSL_CTX_use_certificate(context.get(), identity.certificate.get()) == 1, "certificate");
    must(SSL_CTX_use_PrivateKey(context.get(), identity.key.get()) == 1, "key");
    SSL_CTX_set_alpn_select_cb(context.get(), select_last, nullptr);
    static constexpr unsigned char id[] = "test";
    SSL_CTX_set_session_id_context(context.get(), id, sizeof id);
    return {std::move(context), options, false};
  }

  // Takes what the other end said and gives what this one answers.
  std::string say(const std::string& heard = {}) {
    if (!heard.empty()) BIO_write(in_, heard.data(), static_cast<int>(heard.size()));
    if (SSL_is_init_finished(ssl_.get())) {
      char none[1];
      SSL_read(ssl_.get(), none, sizeof none);
    } else {
      SSL_do_handshake(ssl_.get());
    }
    std::string said(static_cast<size_t>(BIO_pending(out_)), '\0');
    if (!said.empty()) BIO_read(out_, said.data(), static_cast<int>(said.size()));
    return said;
  }
  SSL* ssl() const { return ssl_.get(); }

 private:
  static int select_last(SSL*, const unsigned char** out, unsigned char* size, const unsigned char* in,
                         unsigned in_size, void*) {
    for (unsigned at = 0; at < in_size; at += 1U + in[at]) *out = in + at + 1, *size = in[at];
    return SSL_TLSEXT_ERR_OK;
  }

  Owned<SSL_CTX> context_;
  Owned<SSL> ssl_;
  BIO* in_;  // owned by ssl_
  BIO* out_;
};

// The ClientHello message that a client with these options sends, out of its record.
inline std::string openssl_client_hello(const PeerOptions& options) {
  Peer client = Peer::client(options);
  constexpr size_t record_header_bytes = 5;
  return client.say().substr(record_header_bytes);
}

}  // namespace sekisho::tls::test
