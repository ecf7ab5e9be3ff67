#pragma once

#include "protocol/node_message.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::protocol {

enum class node_message_error : std::uint8_t
{
    not_json,
    no_object,    // JSON, but no object
    no_server_id, // `serverId` is missing or no string
    no_event,     // `event` is missing, empty or no string
    bad_type,     // `type` is none of the four
    no_target,    // `target` is missing, empty or no string, and the message is no broadcast
};

// For the log.
std::string_view name_of(node_message_error error) noexcept;

// Either a message or the first thing that is wrong with the payload.
struct node_message_result
{
    std::optional<node_message> value;
    node_message_error error = node_message_error::not_json; // means something only without a value

    explicit operator bool() const noexcept { return value.has_value(); }
    const node_message* operator->() const noexcept { return &*value; }
};

// Decodes what another node, or an emitter, has published (drawn in node_message.hpp). All of it is
// checked as strictly as JSON.parse would, because `data` goes on to clients as it is. Keys may
// come in any order; where one comes twice, the last counts. As in the reference, an `exclude` that
// is no list excludes nobody, nor does an entry that is no client id; a broadcast's `target` means
// nothing. One thread's; keeps memory for names with escapes and for `exclude`.
class node_message_reader
{
public:
    // Memory beyond `kept_bytes_max` for a name or the list is given back at the next read.
    explicit node_message_reader(std::size_t kept_bytes_max = 4096) noexcept;

    // The message's views live as long as the payload, and until the next read.
    node_message_result read(std::string_view payload);

private:
    std::string_view read_string(std::string_view raw, std::string& scratch);
    void read_exclude(std::string_view raw);

    std::size_t kept_bytes_max_;
    std::string server_id_scratch_;
    std::string target_scratch_;
    std::string event_scratch_;
    std::string id_scratch_;
    std::vector<base::client_id> exclude_;
};

// Whether a payload is one that the node of that id has written: a look at its first bytes, so that
// a node can leave its own messages unread. False for what begins in another way, whoever sent it.
bool carries_server_id(std::string_view payload, std::string_view server_id) noexcept;

} // namespace cresset::protocol
