#pragma once

#include <chrono>
#include <cresset/client_id.hpp>
#include <cresset/errors.hpp>
#include <cresset/export.hpp>
#include <cresset/payload.hpp>
#include <cresset/redis.hpp>
#include <cstddef>
#include <cstdint>
#include <future>
#include <memory>
#include <string_view>
#include <vector>

namespace cresset {

// What became of a message for the fleet.
enum class emit_status : std::uint8_t
{
    taken,       // Redis took it, and gave it to the nodes that it is for
    refused,     // Redis said no: an ACL, mostly
    dropped,     // it gave way to newer ones while Redis was away, or is too large for the queue
    unconfirmed, // the link was lost behind it: Redis may have taken it or not
    invalid,     // data that is no JSON, or an empty event
    not_running, // the emitter has not started, or has stopped
};

constexpr std::string_view name_of(emit_status status) noexcept
{
    switch (status) {
    case emit_status::taken:
        return "taken";
    case emit_status::refused:
        return "refused";
    case emit_status::dropped:
        return "dropped";
    case emit_status::unconfirmed:
        return "unconfirmed";
    case emit_status::invalid:
        return "invalid";
    case emit_status::not_running:
        return "not running";
    }
    return "unknown";
}

// What an emitter has done since it was made.
struct emitter_stats
{
    std::uint64_t taken = 0;
    std::uint64_t refused = 0;
    std::uint64_t dropped = 0;
    std::uint64_t unconfirmed = 0;
    std::uint64_t queued_bytes = 0; // now
};

// Sends to the clients of a fleet from a process that serves none, through Redis: to those of
// Cresset and of the reference alike.
//
//     cresset::emitter emitter({.url = "redis://127.0.0.1"});
//     emitter.start();
//     emitter.to_room("lobby", "news", boost::json::object{{"text", "Hello"}});
//     emitter.stop();
//
// While Redis is away, messages wait in a bounded queue. Each is sent at most once. All calls but
// the constructor, start and the destructor may be made from any thread; what one thread sends
// arrives in its order. The futures may be dropped; waiting for one of them on the thread that
// makes all the calls is fine.
class CRESSET_EXPORT emitter
{
public:
    // Throws option_error for an option that can't work; the URL is required.
    explicit emitter(redis_options options);

    // Stops it, if it still runs, without waiting for what is queued.
    ~emitter();

    emitter(const emitter&) = delete;
    emitter& operator=(const emitter&) = delete;

    // Connects. Throws std::runtime_error if Redis isn't there within ready_timeout. Once only.
    void start();

    // To one client, by its id.
    std::future<emit_status> to_client(std::string_view client, std::string_view event,
                                       const payload& data = {});

    // To all clients of a user.
    std::future<emit_status> to_user(std::string_view user_id, std::string_view event,
                                     const payload& data = {});

    // To the members of a room, but those excluded.
    std::future<emit_status> to_room(std::string_view room, std::string_view event,
                                     const payload& data = {},
                                     const std::vector<client_id>& exclude = {});

    // To all authenticated clients, but those excluded.
    std::future<emit_status> broadcast(std::string_view event, const payload& data = {},
                                       const std::vector<client_id>& exclude = {});

    // Waits until everything sent so far has got its verdict; false if the time is over before.
    bool flush(std::chrono::milliseconds limit = std::chrono::seconds(5));

    // flush, then ends the connection: what is still queued is dropped. False as flush.
    bool stop(std::chrono::milliseconds limit = std::chrono::seconds(5));

    emitter_stats stats() const noexcept;

private:
    class impl;
    std::unique_ptr<impl> impl_;
};

} // namespace cresset
