#pragma once

#include "base/client_id.hpp"
#include "base/slab.hpp"
#include "hub/group.hpp"
#include "hub/reply.hpp"
#include "hub/websocket.hpp"

#include <cstdint>
#include <string_view>

namespace cresset::hub {

class shard;

enum class session_state : std::uint8_t { unauthorized, authenticating, authenticated, disconnected };

// A client: an accepted WebSocket with its identity and state. Lives in its shard's slab, on its
// shard's thread, from the upgrade to the end of the connection.
class session final : public websocket
{
public:
    session(base::slab<session>::handle self, shard& home, net::connection& c);

    const base::client_id& id() const noexcept { return id_; }
    session_state state() const noexcept { return state_; }
    std::uint32_t slot() const noexcept { return self_.slot; }
    session_address address() const noexcept { return {&home_, self_}; }

    // Empty if it has none.
    std::string_view user_id() const noexcept;

    // Queues a message, or drops it and counts that where the client reads too slowly.
    void deliver(const net::segment_ref& frame);

    // Sends an `error` event.
    void send_error(std::string_view message);

    // To authenticating: the longer deadline begins. To authenticated: heartbeats are expected.
    void begin_authenticating();
    void become_authenticated();

private:
    friend class shard;

    void on_message(std::span<char> payload, bool binary) override;
    void on_timeout() override;
    void on_ended() override;
    void on_gone() override;

    void watch();
    void check_heartbeat();
    void check_idle();
    void count_drop();
    void end_drop_burst();

    shard& home_;
    base::slab<session>::handle self_;
    base::client_id id_;
    memberships memberships_;
    session_state state_ = session_state::unauthorized;
    bool excluded_ = false;  // set by the shard for the length of one fan-out
    std::uint32_t dropped_ = 0; // in the burst of drops that goes on now
    std::uint32_t last_message_;             // as now_ms
    std::uint32_t next_heartbeat_check_ = 0; // as now_ms
};

} // namespace cresset::hub
