#pragma once

#include "net/connection_set.hpp"
#include "net/connector.hpp"
#include "net/tls_client_context.hpp"
#include "net/tls_session.hpp"
#include "redis/backoff.hpp"
#include "redis/reply_reader.hpp"
#include "redis/server_finder.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::redis {

struct link_settings
{
    std::string user; // with a password; empty for the default user
    std::string password;
    unsigned database = 0;
    const net::tls_client_context* tls = nullptr; // null: in the clear
    std::string client_name;                      // as CLIENT LIST shows it
    bool master_only = false;                     // leave a server that is a replica

    // For the TCP connection, and then for all of TLS and the greeting.
    std::chrono::milliseconds connect_timeout{2'000};

    // A server that says nothing for so long, asked or not, is left.
    std::chrono::milliseconds silence_max{4'000};
};

// Keeps one connection to a Redis server up, for ever: connects, greets (AUTH, SELECT, PING), asks
// for signs of life, and comes back after it was lost. What is sent and what replies mean is its
// owner's. On its loop's thread.
//
//   waiting ──> connecting ──> greeting ──> up
//      ^             │             │         │
//      └─────────────┴─────────────┴─────────┘  with a growing delay, soon a quarter of a second
class link final : private net::connection::handler, private net::timer
{
public:
    class owner
    {
    public:
        virtual void on_link_up() = 0;

        // In the order of the bytes, while it is up.
        virtual void on_link_reply(const reply& r) = 0;

        // It was up or could not come up; it tries again by itself.
        virtual void on_link_down(std::string_view why) = 0;

        // Nothing was heard for a while: time to ask for something.
        virtual void on_link_quiet() = 0;

    protected:
        ~owner() = default;
    };

    // The references outlive it.
    link(net::connection_set& connections, const link_settings& settings, server_finder& servers,
         owner& o);
    ~link();

    // Begins to connect. Does nothing if it has begun.
    void start();

    // Ends it: the owner is called no more. Before it is destroyed, the loop has to turn once.
    void stop();

    // Leaves the server it is with, and looks for one again.
    void reconnect(std::string_view why);

    bool up() const noexcept { return state_ == state::up; }

    // The server that it is with, or tried last.
    const address& server() const noexcept { return server_; }

    // While it is up; else dropped. Leaves at the end of the turn.
    void send(std::string_view commands);

    // Sent, but not yet taken by the kernel.
    std::size_t queued_bytes() const noexcept
    {
        return connection_ ? connection_->queued_bytes() : 0;
    }

private:
    enum class state : std::uint8_t
    {
        stopped,
        waiting,
        connecting,
        greeting,
        up,
        closing // until the connection is gone
    };

    enum class step : std::uint8_t
    {
        auth,
        select,
        name,
        role,
        ping
    };

    void on_data(std::span<char> bytes) override;
    void on_deadline() override {}
    void on_peer_finished() override { drop("closed by the server"); }
    void on_closed() override;
    void on_timer() override;

    void connect();
    void greet(int descriptor);
    void on_greeting(const reply& r);
    bool on_plain(std::string_view bytes);
    void write(std::string_view bytes);
    void write_output();
    void drop(std::string_view why);
    void retry();

    net::connection_set& connections_;
    const link_settings& settings_;
    server_finder& servers_;
    owner& owner_;
    net::connector connector_;
    backoff backoff_;
    state state_ = state::stopped;
    address server_;
    net::connection* connection_ = nullptr;
    std::unique_ptr<net::tls_session> tls_;
    std::unique_ptr<reply_reader> reader_;
    std::vector<step> steps_; // of the greeting, that are not answered yet, the next one last
    std::string plaintext_;
    std::string why_;            // of closing
    bool asked_ = false;         // for a sign of life, since something was heard
    std::uint64_t heard_ms_ = 0; // when something was heard last
};

} // namespace cresset::redis
