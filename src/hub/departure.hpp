#pragma once

#include "base/slab.hpp"
#include "net/timer_wheel.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cresset::hub {

class session;
class shard;

// Sends the clients of a shard away one by one, evenly over a while and in no order of theirs, so
// that they don't all come to the other nodes at once. Who is let in meanwhile goes last. Those
// with the capability `reconnect` are told before when their turn is, and can be elsewhere by then.
// On the shard's thread.
class departure final : private net::timer
{
public:
    // With 1012.
    static constexpr std::string_view reason = "Server restarts";

    departure(shard& home, std::chrono::milliseconds over);

    // One that has been let in since it began.
    void tell_newcomer(session& s);

private:
    void on_timer() override;
    void tell_some(std::uint64_t elapsed_ms);
    void tell(session& s, std::uint64_t turn_ms, std::uint64_t elapsed_ms);
    void close_some(std::uint64_t elapsed_ms);
    std::uint64_t turn_of(std::size_t index) const noexcept;
    std::uint64_t elapsed_ms() const noexcept;

    shard& home_;
    std::uint64_t over_ms_;
    std::uint64_t begun_ms_;
    std::vector<base::slab<session>::handle> clients_; // that were authenticated, as they go
    std::size_t a_turn_max_;                           // of them, told or closed in one turn
    std::size_t told_ = 0;
    std::size_t closed_ = 0;
};

} // namespace cresset::hub
