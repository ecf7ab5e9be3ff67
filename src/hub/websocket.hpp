#pragma once

#include "net/connection.hpp"
#include "net/segment.hpp"
#include "ws/close_code.hpp"
#include "ws/frame_decoder.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace cresset::hub {

// One WebSocket over a connection, after its handshake: takes frames apart, answers pings, and
// holds the closing handshake (RFC 6455, section 7). What messages mean is the derived class's.
//
//   open     messages both ways
//   closing  our close frame is sent; messages are ignored until the peer's comes, or close_timeout
//   ended    the connection finishes by itself
//
// Lives on its connection's thread until on_gone, in which the derived class destroys itself.
class websocket : public net::connection::handler
{
public:
    // How long the peer has to answer a close frame.
    static constexpr std::chrono::seconds close_timeout{5};

    // The limits outlive it.
    websocket(net::connection& c, const ws::decoder_limits& limits) noexcept;
    websocket(const websocket&) = delete;
    websocket& operator=(const websocket&) = delete;

    bool open() const noexcept { return state_ == state::open; }

    // From the next frame of the peer on.
    void limit_messages_to(const ws::decoder_limits& limits) noexcept { decoder_.limit_to(limits); }

    // Queues a whole frame, while open.
    void send(net::segment_ref frame);

    void ping();

    // How long nothing was received, and whether a ping was sent since.
    std::chrono::milliseconds silent_for() noexcept;
    bool ping_unanswered() const noexcept { return ping_unanswered_; }

    // Begins the closing handshake, once. on_ended is called before it returns.
    void close(ws::close_code code, std::string_view reason);

    // Ends the connection at once, without a close frame.
    void drop();

    // Takes the message that on_message did not take, and what came behind it.
    void go_on();

    // Decodes what has come; also for bytes that came together with the handshake.
    void on_data(std::span<char> bytes) final;

protected:
    ~websocket() = default;

    net::connection& connection() noexcept { return connection_; }
    const net::connection& connection() const noexcept { return connection_; }

    // Milliseconds of the loop, cut to 32 bits: only differences of under 49 days mean something.
    std::uint32_t now_ms() noexcept;

    // What inflates its messages; null where permessage-deflate was not agreed on. Always the same.
    virtual ws::inflater* inflating() { return nullptr; }

    // Asked of what has come, before it is looked at: so many bytes, or so many messages, of which
    // pings are some. False once it is too much: fail has been called.
    virtual bool may_receive(std::uint32_t, std::size_t) { return true; }

    // False if it can't be taken now: then nothing is read before go_on gives it again.
    virtual bool on_message(std::span<char> payload, bool binary) = 0;

    // A deadline that the derived class set on the connection has passed.
    virtual void on_timeout() = 0;

    // A close frame is about to be sent: what is to leave before it is sent now.
    virtual void on_closing() {}

    // Called once, when it is no longer open, whoever ended it.
    virtual void on_ended() = 0;

    // Closes without waiting for an answer: what still comes is not read.
    void fail(std::uint16_t code, std::string_view reason);

    // The connection is gone too, and with it this object's reason to live.
    virtual void on_gone() = 0;

private:
    enum class state : std::uint8_t
    {
        open,
        closing,
        ended
    };

    void on_deadline() final;
    void on_peer_finished() final;
    void on_closed() final;
    void take(std::span<char> bytes);
    bool handle(const ws::decoded& item);
    void answer_ping(std::span<const char> payload);
    void answer_close(std::uint16_t code, std::string_view reason);
    void send_close(std::uint16_t code, std::string_view reason);
    void leave_open(state next);

    // Bytes with the padding that a decoder wants behind them.
    class padded_copy
    {
    public:
        explicit padded_copy(std::span<const char> bytes);
        std::span<char> bytes() noexcept { return std::span(data_).first(size_); }

    private:
        std::vector<char> data_;
        std::size_t size_;
    };

    // Not taken yet.
    struct held
    {
        padded_copy message;
        bool binary;
        padded_copy behind;
    };

    net::connection& connection_;
    ws::frame_decoder decoder_;
    std::unique_ptr<held> held_;
    std::uint32_t last_received_; // see now_ms
    state state_ = state::open;
    bool ping_unanswered_ = false;
};

} // namespace cresset::hub
