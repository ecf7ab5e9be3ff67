#pragma once

#include "base/log.hpp"
#include "base/unique_function.hpp"
#include "net/endpoint.hpp"
#include "net/event_loop.hpp"
#include "net/owned_socket.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace cresset::net {

// Opens `count` listening sockets on one address, among which the kernel spreads new connections
// (SO_REUSEPORT). Port 0 takes a free one; the endpoint is set to what was taken.
// Throws std::system_error, address in use included: also when other such sockets listen there.
std::vector<owned_socket> open_listeners(endpoint& at, unsigned count);

// The same beside those of another process, with which they share what comes: see listener_group.
std::vector<owned_socket> open_more_listeners(endpoint& at, unsigned count);

// One listening socket that somebody else has opened, as if it were `count`; `at` is set to where.
std::vector<owned_socket> share_listener(owned_socket socket, unsigned count, endpoint& at);

// Connections that come from these sockets are closed when they are quiet, and their peer's system
// has not answered the kernel's probes for so long. See connection::unacknowledged_for for others.
void set_peer_timeout(const std::vector<owned_socket>& listening,
                      std::chrono::milliseconds timeout);

// Accepts connections in one loop. Out of descriptors, it pauses and tries again, so that nothing
// spins while the clients wait in the kernel's backlog.
class listener final : public event_source, public timer
{
public:
    // Takes over a non-blocking connected socket.
    using acceptor = base::unique_function<void(int descriptor, const endpoint& peer)>;

    // Takes over a socket of open_listeners. Not more are accepted a second, but for what could
    // have come in the one before; zero: as many as come.
    listener(event_loop& loop, owned_socket listening, base::log& log, acceptor accepted,
             std::uint32_t accepts_per_second = 0);
    ~listener();

    // Accepts those that wait already, a backlog of them at the most.
    void accept_rest();

    // Closes the socket: new connections are refused from here on.
    void stop() noexcept;

private:
    void on_events(std::uint32_t events) override;
    void on_timer() override;
    bool accept_one();
    bool may_accept() noexcept;
    void pause(std::chrono::milliseconds delay);
    void tell_that_it_waits(int error);

    event_loop& loop_;
    int descriptor_;
    base::log& log_;
    acceptor accepted_;
    std::uint32_t accepts_per_second_;
    std::uint32_t left_;          // to be accepted
    std::uint64_t filled_ms_ = 0; // when more may have been added to that
    bool paused_ = false;
    bool told_ = false; // that connections wait, since there was one that did not
};

} // namespace cresset::net
