#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace cresset {

// What strangers may take, each by itself and all together. Why each is what it is, and what
// becomes of those who would pass it: docs/limits.md. Zero means no limit, but where it
// says otherwise.
struct limits
{
    // WebSockets at a time, in all, of one address, and of one user who is authenticated here. An
    // address is an IPv4 address, or the 64 bits of IPv6 that one site has; loopback is none. Zero
    // clients: as many as the process may have descriptors.
    std::size_t clients = 0;
    std::size_t clients_per_address = 0;
    std::size_t clients_per_user = 1'000;

    // Connections at a time whose client is not authenticated, from the TCP handshake on.
    std::size_t unauthenticated = 10'000;

    // Bytes of a message of theirs, if max_payload_length isn't less; over zero.
    std::size_t unauthenticated_message_bytes = 16 * 1024;

    // New connections a second. Others wait in the kernel's queue.
    std::uint32_t accepts_per_second = 10'000;

    // What one client may send a second; ten times this at once, if it was quiet before. Pings are
    // messages too; bytes are those of frames. Who sends more gets an `error`, and if it goes on
    // is closed with 1008.
    std::uint32_t messages_per_second = 1'000;
    std::size_t bytes_per_second = 4 * 1024 * 1024;

    // Rooms that a client may be in by its own wish; over zero.
    std::size_t rooms_per_client = 2'000;

    // Clients of this node that may be in a room by their own wish.
    std::size_t clients_per_room = 0;

    // A peer that acknowledges nothing for this long, while it should, is gone.
    std::chrono::milliseconds unacknowledged_timeout = std::chrono::seconds(30);

    // Bytes of a request's head and of its body; over zero.
    std::size_t request_head_bytes = 8 * 1024;
    std::size_t request_body_bytes = 64 * 1024;

    // Memory of the whole process that is resident. At 80% of it nobody new comes in, at 90% the
    // slowest clients are closed. Zero: that of the process' cgroup, if it has one.
    std::size_t memory_bytes = 0;
};

} // namespace cresset
