#pragma once

#include "crypto/aes_gcm.hpp"
#include "crypto/p256.hpp"
#include "load/client_frames.hpp"
#include "load/frame_reader.hpp"
#include "load/inflater.hpp"
#include "load/target.hpp"
#include "load/unsealer.hpp"
#include "net/connection.hpp"
#include "net/connection_set.hpp"
#include "net/tls_client_context.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::load {

// How all clients of a run come in. Never changes.
struct client_settings
{
    target server;
    std::string credentials = "{}";            // JSON; "{n}" in it stands for the client's number
    std::chrono::milliseconds timeout{10'000}; // from the first packet to `connected`
    // For wss. Null for ws.
    std::shared_ptr<const net::tls_client_context> tls = {};
    bool deflate = false; // only with permessage-deflate
    std::vector<crypto::p256::key_pair> keys =
        {}; // clients take turns with them; none: in the clear
};

// What the clients of one loop share.
struct client_tools
{
    client_tools(net::event_loop& loop, std::uint64_t seed) : connections(loop), frames(seed) {}

    net::connection_set connections;
    client_frames frames;
    inflater inflate;
    unsealer unseal;
    std::uint64_t inflated = 0; // messages that came deflated
    std::uint64_t unsealed = 0; // messages that came encrypted
};

// One client, as the server sees any: opens a WebSocket, authenticates, says what it is told to,
// and gives what comes to its owner. May come back after it was gone. Its loop's thread; lives
// longer than the tools' connections.
//
//   away ──> upgrading ──> authenticating ──> connected ──> leaving
//    ^           │               │                │            │
//    └───────────┴───────────────┴────────────────┴────────────┘
class client : private net::connection::handler
{
public:
    class owner
    {
    public:
        virtual void on_connected(client& c) = 0;

        // An envelope, decrypted and inflated, that came in a read of this time.
        virtual void on_envelope(client& c, std::string_view envelope, std::uint64_t now_ns) = 0;

        // Something that can't be read: not inflated, or not decrypted.
        virtual void on_unreadable(client& c) = 0;

        // So many bytes came and have been given out.
        virtual void on_read(client& c, std::size_t bytes) = 0;

        // It is away; `why` is for people, and empty if we wanted it.
        virtual void on_ended(client& c, std::string_view why) = 0;

    protected:
        ~owner() = default;
    };

    client(const client_settings& settings, client_tools& tools, owner& o, std::uint64_t number);
    client(const client&) = delete;
    client& operator=(const client&) = delete;

    // While away. How it ends is told in a coming turn, also if it can't begin.
    void connect(int receive_buffer = 0);

    // Text frames; `event` needs no escaping. Dropped unless connected.
    void emit(std::string_view event, std::string_view data = {});
    void send_text(std::string_view text);

    void leave();        // in good order
    void cut() noexcept; // as if its machine were gone

    void pause();
    void resume();

    bool away() const noexcept { return state_ == state::away; }
    bool connected() const noexcept { return state_ == state::connected; }
    std::uint64_t number() const noexcept { return number_; }

    // Of the server's `connected`.
    const std::string& id() const noexcept { return id_; }

protected:
    ~client() = default;

private:
    enum class state : std::uint8_t
    {
        away,
        upgrading,
        authenticating,
        connected,
        leaving
    };

    void on_data(std::span<char> bytes) override;
    void on_deadline() override;
    void on_closed() override;

    void send(ws::opcode op, std::string_view payload);
    bool take_answer(std::span<char>& bytes);
    void authenticate();
    void on_message(const server_message& m, std::uint64_t now_ns);
    void on_text(std::string_view text, std::uint64_t now_ns);
    void on_first_text(std::string_view text);
    void on_close_frame(std::string_view payload);
    void end(std::string why);

    const client_settings& settings_;
    client_tools& tools_;
    owner& owner_;
    net::connection* connection_ = nullptr;
    std::uint64_t number_;
    state state_ = state::away;
    bool compresses_ = false; // what the server agreed to
    frame_reader frames_;
    std::unique_ptr<crypto::aes_key> key_;
    std::string id_;
    std::string head_; // of the answer to the upgrade, while it is incomplete
    std::string why_;
};

} // namespace cresset::load
