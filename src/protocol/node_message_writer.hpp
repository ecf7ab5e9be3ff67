#pragma once
// STUB
#include "protocol/node_message.hpp"
#include "protocol/json_string.hpp"
namespace cresset::protocol {
inline std::string write_node_message(const node_message& m) {
  static constexpr std::string_view names[] = {"client","user","room","broadcast"};
  std::string t = "{\"serverId\":"; append_json_string(t, m.server_id); t += ",\"type\":\""; t += names[int(m.kind)]; t += '"';
  if (m.kind != target_kind::broadcast) { t += ",\"target\":"; append_json_string(t, m.target); }
  t += ",\"event\":"; append_json_string(t, m.event); if (!m.data.empty()) { t += ",\"data\":"; t += m.data; }
  if (!m.exclude.empty()) { t += ",\"exclude\":["; for (auto& i : m.exclude) { if (&i != &m.exclude[0]) t += ','; t += '"' + i.to_string() + '"'; } t += ']'; }
  return t + '}';
}
}
