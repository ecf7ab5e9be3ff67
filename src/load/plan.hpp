#pragma once

#include "load/client.hpp"

#include <chrono>
#include <cresset/redis.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <sys/types.h>

namespace cresset::load {

enum class mode : std::uint8_t
{
    connect,
    echo,
    fanout,
    latency,
    rooms,
    churn,
    storm,
    slow,
    redis,
    encrypted,
    deflate,
};

std::string_view name_of(mode m) noexcept;

// What a run does. Never changes.
struct plan
{
    mode what;
    client_settings come_in;
    unsigned workers = 1;
    std::uint64_t clients = 0;

    // One of them is 0. Messages a second, or in connect clients, each at its time; or so many on
    // their way at any time.
    double rate = 0;
    std::uint32_t in_flight = 0;

    // One of them is 0: how long the measured phase is. Not in connect.
    std::uint64_t messages = 0;
    std::chrono::milliseconds duration{0};

    std::uint64_t warm_up = 0; // messages before it; in connect: clients
    std::size_t size = 0;      // of a message's data, in bytes

    // How long to wait for what may still come.
    std::chrono::milliseconds timeout{10'000};

    std::optional<pid_t> server = {}; // whose CPU and memory are looked at

    // --- of single modes ---

    redis_options redis = {}; // redis

    std::uint64_t rooms = 0;      // rooms: the clients are spread over them
    std::uint64_t publishers = 0; // rooms: extra clients, each for its share of the rooms

    double visit_rate = 0;             // churn: clients a second that come
    std::chrono::milliseconds stay{0}; // churn: and how long they stay

    double slow_share = 0;                 // slow: this part of the clients
    std::uint64_t slow_bytes_a_second = 0; // slow: what each of them reads
};

} // namespace cresset::load
