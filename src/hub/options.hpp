#pragma once

#include "crypto/key_agreement.hpp"
#include "hub/allowance.hpp"
#include "ws/deflate_parameters.hpp"
#include "ws/frame_decoder.hpp"

#include <chrono>
#include <cresset/slow_client.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace cresset::hub {

// The limits and deadlines of a client. The defaults are the reference's.
struct options
{
    // From the upgrade to `authenticate`; three times this from there to `authenticated`.
    std::chrono::milliseconds auth_timeout{5'000};

    // How often it is looked at whether a client was silent for heartbeat_timeout.
    std::chrono::milliseconds heartbeat_interval{30'000};
    std::chrono::milliseconds heartbeat_timeout{90'000};

    // Not a byte received for this long, pongs included: the peer is gone. Zero: never.
    std::chrono::milliseconds idle_timeout{60'000};

    // A peer whose system has acknowledged nothing for this long, though it should, is gone. The
    // kernel sees to it where one thing is awaited; a ping after its own probe would begin anew.
    // Zero: never.
    std::chrono::milliseconds unacknowledged_timeout{30'000};

    // Ping a peer that has been silent for half of idle_timeout.
    bool send_pings = true;

    // What one may send; more is an `error` once, and then the end, with 1008.
    message_rates rates{};

    // At a time: of one address, of one user, and by their own wish in one room. Zero: any.
    std::size_t clients_an_address_max = 0;
    std::size_t clients_a_user_max = 0;
    std::size_t clients_a_room_max = 0;

    // Before a client is authenticated, and then.
    ws::decoder_limits first_frames{.message_bytes_max = 16 * 1024};
    ws::decoder_limits frames{.message_bytes_max = 128 * 1024};

    // permessage-deflate, for clients that offer it.
    ws::deflate_options deflate{};

    // What may wait to be sent to one client, and to all that are slow together. What would pass it
    // goes by the policy of its event, or else by the one for all.
    std::size_t queue_bytes_max = 1024 * 1024;
    std::size_t queue_bytes_total_max = std::size_t{1024} * 1024 * 1024;
    slow_client_policy slow_clients = slow_client_policy::drop_newest;
    std::vector<event_policy> event_policies = {};

    // A handshake follows authentication, and must succeed.
    bool require_encryption = false;

    // The built-in encryption, for clients that bring a public key; null without it, or where the
    // application makes the handshake.
    std::shared_ptr<const crypto::key_agreement> key_agreement = nullptr;

    // Most outbound transforms asked for and unanswered at a time, a shard.
    std::size_t transforms_max = 10;

    // How long one may take; then the message is lost, and counted.
    std::chrono::milliseconds transform_timeout{5'000};

    // Rooms that a client may be in by its own wish. Joining and leaving look through them, so
    // thousands would hold up its shard.
    std::size_t rooms_a_client_max = 2'000;

    // Joined by every client when it has authenticated.
    std::vector<std::string> default_rooms{"ws-default", "ws-notification"};
};

} // namespace cresset::hub
