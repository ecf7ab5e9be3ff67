#pragma once

#include "simulation/clock.hpp"
#include "support/sockets.hpp"
#include "support/ws_client_frames.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::simulation {

// A client's end of a WebSocket after its handshake: says and hears frames (RFC 6455), and reads
// only while it is told to. Never waits.
class peer
{
public:
    peer(tests::descriptor socket, const clock& time) : socket_(std::move(socket)), time_(time) {}

    // Said now, as far as the socket takes it; the rest with the next pump.
    void say(std::string_view bytes);
    void say_text(std::string_view text) { say(tests::client_frame(ws::opcode::text, text)); }

    // Gives on what waits to be said, and hears up to so many bytes of what has come, if it reads.
    // Pings and close frames are answered. True if something happened.
    bool pump(std::size_t bytes_max = static_cast<std::size_t>(-1));

    void set_reading(bool reads) noexcept { reads_ = reads; }
    bool reading() const noexcept { return reads_; }

    // Gone without a word; or no more to say, but still listening.
    void drop() noexcept { socket_.reset(); }
    void finish() noexcept;

    // The connection is over: it was dropped, or the server has ended it and all was heard.
    bool ended() const noexcept { return socket_.get() < 0; }

    // Texts that have come since the last take, in order.
    std::vector<std::string> take_texts() { return std::exchange(texts_, {}); }

    // Whether one that begins so is among them.
    bool has_heard(std::string_view text) const
    {
        return std::ranges::any_of(texts_, [&](const auto& t) { return t.starts_with(text); });
    }

    std::size_t pings() const noexcept { return pings_; }
    std::size_t pongs() const noexcept { return pongs_; }

    // Of the server's close frame; 0 before it has come. 1005 if it has no code.
    unsigned close_code() const noexcept { return close_code_; }
    const std::string& close_reason() const noexcept { return close_reason_; }

    // When the socket last took something from it; 0 if it never did.
    std::uint64_t last_said_ms() const noexcept { return last_said_ms_; }

private:
    bool give_on();
    void hear(std::string_view bytes);
    void take(unsigned first, std::string_view payload);

    tests::descriptor socket_;
    const clock& time_;
    bool reads_ = true;
    bool finished_ = false;
    std::string to_say_;
    std::string heard_; // a frame that has not come whole
    std::vector<std::string> texts_;
    std::size_t pings_ = 0;
    std::size_t pongs_ = 0;
    unsigned close_code_ = 0;
    std::string close_reason_;
    std::uint64_t last_said_ms_ = 0;
};

} // namespace cresset::simulation
