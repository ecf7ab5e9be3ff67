#pragma once

#include "broker/channels.hpp"
#include "load/outlet.hpp"
#include "net/connection_set.hpp"
#include "redis/bus.hpp"

#include <cresset/redis.hpp>
#include <memory>
#include <string>

namespace cresset::load {

// By Redis, as an emitter does it (PROTOCOL.md, section 2), with a link of its own. On the loop's
// thread, but for what says otherwise. Its loop turns once more between stop and the end.
class redis_outlet final : public outlet, private redis::bus::observer
{
public:
    // Throws option_error for options that can't work.
    redis_outlet(net::connection_set& connections, const redis_options& options,
                 std::string_view room);

    void stop() { bus_->stop(); }
    bool up() const { return bus_->can_publish(); }

    void publish(const message_codec& codec, const stamp& s) override;

    // What Redis, or the way there, said last; empty if it said nothing.
    const std::string& last_error() const noexcept { return last_error_; }

    // Messages that did not get to Redis, as far as we know.
    std::uint64_t unpublished() const;

private:
    void on_message(std::string_view, std::string_view) override {}
    void on_refused(std::string_view what, std::string_view error) override;
    void on_change(std::string_view why) override;

    std::string room_;
    std::string channel_;
    std::string data_;
    std::string last_error_;
    std::unique_ptr<redis::bus> bus_;
};

} // namespace cresset::load
