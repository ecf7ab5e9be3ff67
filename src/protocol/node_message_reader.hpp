#pragma once
// STUB until the real one lands
#include "protocol/node_message.hpp"
#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>
namespace cresset::protocol {
struct node_message_result { std::optional<node_message> value; explicit operator bool() const { return value.has_value(); } const node_message& operator*() const { return *value; } const char* error = "bad"; };
class node_message_reader {
public:
  node_message_result read(std::string_view text) {
    boost::system::error_code ec; auto v = boost::json::parse(text, ec);
    if (ec || !v.is_object()) return {};
    auto& o = v.as_object();
    if (!o.contains("serverId")||!o["serverId"].is_string()||!o.contains("event")||!o["event"].is_string()) return {};
    s_ = std::string(o["serverId"].as_string()); e_ = std::string(o["event"].as_string());
    auto t = o.contains("type") && o["type"].is_string() ? std::string(o["type"].as_string()) : "";
    g_ = o.contains("target") && o["target"].is_string() ? std::string(o["target"].as_string()) : "";
    d_ = o.contains("data") ? boost::json::serialize(o["data"]) : "";
    x_.clear();
    if (o.contains("exclude") && o["exclude"].is_array()) for (auto& i : o["exclude"].as_array()) if (i.is_string()) if (auto id = base::client_id::parse(std::string_view(i.as_string()))) x_.push_back(*id);
    node_message m; m.server_id = s_; m.event = e_; m.target = g_; m.data = d_; m.exclude = x_;
    m.kind = t == "client" ? target_kind::client : t == "user" ? target_kind::user : t == "room" ? target_kind::room : target_kind::broadcast;
    return {m};
  }
private: std::string s_, e_, g_, d_; std::vector<base::client_id> x_;
};
inline bool carries_server_id(std::string_view p, std::string_view id) { return p.starts_with("{\"serverId\":\"") && p.substr(13).starts_with(id) ; }
}
