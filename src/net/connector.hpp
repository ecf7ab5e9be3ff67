#pragma once

#include "base/unique_function.hpp"
#include "net/endpoint.hpp"
#include "net/event_loop.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::net {

// Opens TCP connections, one at a time: finds the addresses of a name without holding up the loop,
// and tries them one after the other, each for its part of the time. On its loop's thread.
class connector final : private event_source, private timer
{
public:
    // A connected non-blocking socket, to be taken over; or -1 and why not, for people.
    using done = base::unique_function<void(int descriptor, std::string_view why_not)>;

    explicit connector(event_loop& loop) noexcept : loop_(loop) {}
    ~connector() { cancel(); }
    connector(const connector&) = delete;
    connector& operator=(const connector&) = delete;

    // Calls `then` once, in a coming turn, within the time limit for all of it.
    void connect(const std::string& host, std::uint16_t port, std::chrono::milliseconds limit,
                 done then);

    // Calls nothing any more.
    void cancel() noexcept;

private:
    class lookup;

    void on_events(std::uint32_t events) override;
    void on_timer() override;

    void on_found(std::vector<endpoint> addresses, std::string_view error);
    void try_next();
    bool begin(const endpoint& to);
    void finish(int descriptor, std::string_view why_not);
    int take_socket() noexcept;

    event_loop& loop_;
    done then_;
    std::uint16_t port_ = 0;
    std::uint64_t deadline_ms_ = 0;
    std::shared_ptr<lookup> lookup_;  // while a name is looked up
    std::vector<endpoint> addresses_; // still to be tried, the last one first
    int socket_ = -1;                 // being connected
    std::string last_error_;
};

} // namespace cresset::net
