#pragma once

#include "crypto/aes_gcm.hpp"
#include "net/segment.hpp"

#include <boost/unordered/unordered_flat_map.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::hub {

class session;
class shard;

// The keys of rooms whose members asked for them (docs/encryption.md): a message to the room is
// encrypted once for all of those, under a key that each was sent in its own session. After
// somebody has left there is a new one.
//
// A room has a key from the first message on that such a member gets. Then it goes to all of them,
// and later to each that joins: with the message that needs it, so that comings and goings in a
// silent room cost nothing. Each shard has its own keys. One shard's, on its thread.
class room_keys
{
public:
    explicit room_keys(shard& home) noexcept : home_(home) {}

    // A member that asked for keys has come; any such member has gone.
    void on_joined(std::string_view room, std::uint32_t slot);
    void on_left(std::string_view room);

    // The room has no members.
    void on_removed(std::string_view room) { rooms_.erase(std::string(room)); }

    struct sealed
    {
        net::segment_ref frame;

        // Those who had no place in their queues for the key, and so can't read it, sorted. Until
        // the next call.
        std::span<const std::uint32_t> without_key;
    };

    // A message to the room. Who has not got the key yet is sent it. Calls nothing of the
    // application's; where OpenSSL can't encrypt, the process ends.
    sealed seal(std::string_view room, std::string_view envelope) noexcept;

private:
    struct entry
    {
        crypto::aes_key key;
        crypto::iv_sequence ivs;
        std::uint64_t id = 0;
        std::uint64_t sent = 0;
        bool stale = true;                    // somebody has left, or there was no key
        std::vector<std::uint32_t> newcomers; // who don't have it
    };

    void change_key(std::string_view room, entry& e);
    void send_key(std::string_view room, entry& e);

    shard& home_;
    std::uint64_t last_id_ = 0;
    boost::unordered_flat_map<std::string, entry> rooms_;
};

} // namespace cresset::hub
