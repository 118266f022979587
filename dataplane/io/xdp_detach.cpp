// SPDX-License-Identifier: Apache-2.0
#include "dataplane/io/xdp_detach.h"

#include <bpf/libbpf.h>
#include <net/if.h>

namespace sekisho {

namespace {

// "net_af_xdp0,iface=x,..." -> "x"; empty for ports of other drivers.
std::string xdp_interface(const std::string& vdev) {
  constexpr std::string_view key = "iface=";
  const size_t at = vdev.find(key);
  if (!vdev.starts_with("net_af_xdp") || at == std::string::npos) return {};
  const size_t begin = at + key.size();
  return vdev.substr(begin, std::min(vdev.find(',', begin), vdev.size()) - begin);
}

}  // namespace

void detach_stale_xdp(const std::vector<PairOptions>& pairs) {
  libbpf_set_print(nullptr);
  for (const PairOptions& pair : pairs) {
    for (const std::string& port : {pair.a, pair.b}) {
      const std::string name = xdp_interface(port);
      const unsigned interface = name.empty() ? 0 : if_nametoindex(name.c_str());
      if (interface != 0) bpf_xdp_detach(static_cast<int>(interface), 0, nullptr);
    }
  }
}

}  // namespace sekisho
