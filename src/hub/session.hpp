#pragma once

#include "base/client_id.hpp"
#include "base/ip_address.hpp"
#include "base/slab.hpp"
#include "hub/allowance.hpp"
#include "hub/backlog.hpp"
#include "hub/capabilities.hpp"
#include "hub/counters.hpp"
#include "hub/deflating_tools.hpp"
#include "hub/delivery.hpp"
#include "hub/group.hpp"
#include "hub/lifeline.hpp"
#include "hub/losses.hpp"
#include "hub/outgoing.hpp"
#include "hub/session_cipher.hpp"
#include "hub/transforms.hpp"
#include "hub/websocket.hpp"

#include <atomic>
#include <cresset/client.hpp>
#include <cresset/constants.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace cresset::hub {

class shard;

// A client: an accepted WebSocket with its identity and state. Lives in its shard's slab, on its
// shard's thread, from the upgrade to the end of the connection. What other threads may read of it
// is read and changed under the shard's registry lock.
class session final : public websocket
{
public:
    session(base::slab<session>::handle self, shard& home, net::connection& c,
            const base::ip_address& peer, ws::deflate_parameters deflate);

    const base::client_id& id() const noexcept { return id_; }
    client_state state() const noexcept { return state_; }
    bool encrypted() const noexcept { return encrypted_; }
    std::uint32_t slot() const noexcept { return self_.slot; }
    base::slab<session>::handle handle() const noexcept { return self_; }
    session_address address() const noexcept;

    // Where the client is, beyond trusted proxies.
    const base::ip_address& peer() const noexcept { return peer_; }

    // Empty if it has none.
    std::string_view user_id() const noexcept;

    // As the application sees it, for the length of a call.
    client view() const noexcept;

    // See authenticate_request.
    std::string certificate_subject() const { return connection().tls_client_subject(); }

    // Sends a message: as the frame, or as what the application makes of the text where the client
    // is encrypted; then shard::outbound has to be pumped. The text may be null without a
    // transform.
    void deliver(outgoing& message, const shared_text& text);

    // Whether it is sent deflated messages; and if so, whether with what it was sent before. What
    // is encrypted never is: the size of what was compressed tells of what is in it.
    bool deflates() const noexcept { return deflate_.agreed && !encrypted_; }
    bool deflates_in_context() const noexcept
    {
        return deflates() && deflate_.server_keeps_context;
    }
    unsigned window_bits() const noexcept { return deflate_.server_window_bits; }

    // Whether messages to its rooms come under the rooms' keys.
    bool has_room_keys() const noexcept { return room_keys_; }

    // Whether it may join or leave so many rooms at once: a few of them are as much work as a
    // message, and count as one. If not it was told, or is closed.
    bool may_name_rooms(std::size_t count);

    // What is sent from here on is encrypted.
    void begin_encryption(std::unique_ptr<session_cipher> cipher);
    session_cipher* cipher() const noexcept { return cold_ ? cold_->cipher.get() : nullptr; }

    // With a key agreed on, nothing of the application's is sent before it is used.
    void expect_encryption() noexcept { key_agreed_ = true; }

    // The same as deliver, for what the server itself says. Calls nothing of the application's
    // where the text is null.
    void forward(outgoing& message, const shared_text& text);

    // Sends an event of the server's to this client alone.
    void send_event(std::string_view event, std::string_view data);
    void send_error(std::string_view message);

    // Bytes that wait to be sent, in its connection and in its backlog.
    std::size_t waiting_bytes() const noexcept;

    // Whether so many bytes more could be queued.
    bool has_place_for(std::size_t bytes) const noexcept;

    // A message that is not queued, for want of place: drops and counts it.
    void drop_message(outgoing& message);

    // Queues a frame. Where the client reads too slowly, it waits, or what is lost is counted: the
    // message, or others that give way to it.
    void queue(outgoing& message) { queue(message, false); }

    // The same of several messages' frames at once, if it can be: not for a client that is behind,
    // or to whom they go in a form of its own.
    bool queue_all(const net::segment_ref& frames, std::size_t count);

    // What it has asked for in its credentials.
    const capabilities& asked_for() const noexcept { return asked_for_; }

    // From here on it is told by `gap` what it has lost.
    void begin_gaps() noexcept { tells_gaps_ = true; }

    // Between deliver and queue.
    transform_line& line();

    // To authenticating: the longer deadline begins; the credentials are kept for a handshake.
    void begin_authenticating(std::string_view credentials);

    // Authenticating, and the application has not decided yet.
    bool awaits_verdict() const noexcept
    {
        return state_ == client_state::authenticating && !announced_;
    }

    // Who it turned out to be, until it is told.
    void keep_identity(identity who) { arriving().who = std::move(who); }
    identity take_identity() { return std::move(arriving().who); }

    // Rooms that it has just joined, while others don't know yet: what it says next could tell
    // them, and waits.
    void await_joins();
    bool joins_under_way() const noexcept { return joins_ != joins::done; }
    const std::string& credentials() { return arriving().credentials; }

    // Has just been connected: authentication is expected.
    void begin();

    // To authenticated: heartbeats are expected.
    void become_authenticated(bool named, boost::json::value metadata, bool with_room_keys);

private:
    friend class shard;

    // Asked for one after the other, however many there are: a stranger may send any number.
    enum class joins : std::uint8_t
    {
        done,
        under_way,
        and_more // since it was asked
    };

    // What a session has while its client is behind.
    struct behind
    {
        explicit behind(budget_share& budget) : waiting(budget) {}

        backlog waiting;
        losses lost;          // in the burst that goes on now
        bool cut_off = false; // about to be closed for it
    };

    // What it has until it is authenticated.
    struct arrival
    {
        std::string credentials; // where a handshake follows
        identity who;
    };

    // What few sessions have, or only for a while: each is null without.
    struct cold
    {
        std::unique_ptr<arrival> arriving;
        std::unique_ptr<struct behind> behind;
        std::unique_ptr<transform_line> line;
        std::unique_ptr<session_cipher> cipher; // of the built-in encryption
        std::unique_ptr<deflate_context> context;
    };

    ws::inflater* inflating() override;
    bool may_receive(std::uint32_t messages, std::size_t bytes) override;
    bool on_message(std::span<char> payload, bool binary) override;
    void on_timeout() override;
    void on_drained() override;
    void on_closing() override;
    void on_ended() override;
    void on_gone() override;

    cold& more();
    deflate_context& context();
    arrival& arriving();
    struct behind* behind() const noexcept { return cold_ ? cold_->behind.get() : nullptr; }
    void catch_up();
    void drop_cold_if_empty();
    bool waits_for_encryption() const noexcept;
    void expect_within(std::chrono::milliseconds delay);
    void watch();
    void check_state();
    void check_idle();
    void queue(outgoing& message, bool to_seal);
    bool takes_now(std::size_t bytes);
    const net::segment_ref& form_of(outgoing& message, bool to_seal);
    void hand_over(const net::segment_ref& frame, bool to_seal);
    void wait(outgoing& message, const net::segment_ref& frame, bool to_seal);
    bool is_over(std::size_t bytes, const message_label* label) const noexcept;
    struct behind& fall_behind();
    void lose(counter& cause, const message_label* lost);
    void end_burst();

    // In the order of a fan-out's needs, and without holes. What other threads may read is in bytes
    // of its own.
    client_state state_ = client_state::unauthorized;
    bool encrypted_ = false;
    bool named_ = false;          // has a user, if only an empty one
    bool excluded_ : 1 = false;   // set by the shard for the length of one fan-out
    bool room_keys_ : 1 = false;  // asked for them
    bool key_agreed_ : 1 = false; // for the built-in encryption
    bool announced_ : 1 = false;  // to the other nodes
    bool tells_gaps_ : 1 = false;
    capabilities asked_for_;
    joins joins_ = joins::done;
    ws::deflate_parameters deflate_;
    shard& home_;
    std::unique_ptr<cold> cold_; // this thread's alone
    base::slab<session>::handle self_;
    std::atomic<std::uint32_t> last_message_; // as now_ms; other threads read it
    std::uint32_t next_check_ = 0;            // of its state; as now_ms
    allowance allowance_;
    base::client_id id_;
    base::ip_address peer_;
    std::uint64_t connected_ms_;                   // of the loop
    std::unique_ptr<boost::json::value> metadata_; // null until it has some
    memberships memberships_;
};

} // namespace cresset::hub
