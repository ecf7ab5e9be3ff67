#include "simulation/peer.hpp"

#include "simulation/broken.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace cresset::simulation {
namespace {

// A number in network byte order.
std::uint64_t number(std::string_view bytes)
{
    std::uint64_t n = 0;
    for (const char c : bytes)
        n = n << 8 | static_cast<unsigned char>(c);
    return n;
}

} // namespace

void peer::say(std::string_view bytes)
{
    if (ended() || finished_)
        return;
    to_say_ += bytes;
    give_on();
}

void peer::finish() noexcept
{
    finished_ = true;
    ::shutdown(socket_.get(), SHUT_WR);
}

bool peer::pump(std::size_t bytes_max)
{
    bool busy = give_on();
    std::array<char, 16 * 1024> buffer;
    while (reads_ && !ended() && bytes_max != 0) {
        const std::size_t wanted = std::min(buffer.size(), bytes_max);
        const ssize_t got = ::recv(socket_.get(), buffer.data(), wanted, MSG_DONTWAIT);
        if (got < 0 && errno == EAGAIN)
            break;
        busy = true;
        if (got <= 0) { // a reset is an end too
            drop();
            break;
        }
        bytes_max -= static_cast<std::size_t>(got);
        hear({buffer.data(), static_cast<std::size_t>(got)});
    }
    return busy;
}

bool peer::give_on()
{
    if (ended() || to_say_.empty())
        return false;
    const ssize_t sent =
        ::send(socket_.get(), to_say_.data(), to_say_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0) {
        if (errno != EAGAIN) // it hears no more, but may have said something before
            to_say_.clear();
        return false;
    }
    last_said_ms_ = time_.now_ms();
    to_say_.erase(0, static_cast<std::size_t>(sent));
    return sent > 0;
}

void peer::hear(std::string_view bytes)
{
    heard_ += bytes;
    std::string_view left = heard_;
    for (;;) {
        if (left.size() < 2)
            break;
        const auto first = static_cast<unsigned char>(left[0]);
        const auto second = static_cast<unsigned char>(left[1]);
        require((second & 0x80) == 0, "a server's frame is not masked");
        const std::size_t extended = second == 126 ? 2 : second == 127 ? 8 : 0;
        if (left.size() < 2 + extended)
            break;
        const std::uint64_t size = extended == 0 ? second : number(left.substr(2, extended));
        require(extended == 0 || size > (extended == 2 ? 125 : 0xffff), "the shortest length");
        if (left.size() - 2 - extended < size)
            break;
        take(first, left.substr(2 + extended, static_cast<std::size_t>(size)));
        left.remove_prefix(2 + extended + static_cast<std::size_t>(size));
    }
    heard_.erase(0, heard_.size() - left.size());
}

void peer::take(unsigned first, std::string_view payload)
{
    require((first & 0xf0) == 0x80, "a whole frame, and no extension");
    require(close_code_ == 0, "nothing comes behind a close frame");
    const auto op = static_cast<ws::opcode>(first & 0x0f);
    require(!ws::is_control(op) || payload.size() <= ws::control_payload_max, "control frames");
    switch (op) {
    case ws::opcode::text:
        texts_.emplace_back(payload);
        return;
    case ws::opcode::ping:
        ++pings_;
        say(tests::client_frame(ws::opcode::pong, payload));
        return;
    case ws::opcode::pong:
        ++pongs_;
        return;
    case ws::opcode::close:
        require(payload.size() != 1, "a close code has two bytes");
        close_code_ = payload.empty() ? 1005 : static_cast<unsigned>(number(payload.substr(0, 2)));
        close_reason_ = payload.size() > 2 ? payload.substr(2) : "";
        say(tests::client_frame(ws::opcode::close, payload));
        return;
    case ws::opcode::continuation:
    case ws::opcode::binary:
        break;
    }
    throw broken("a frame that no server sends");
}

} // namespace cresset::simulation
