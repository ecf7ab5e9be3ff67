// floor_server: the least that any server has to do for the work that bench/compare.sh gives it,
// and so a floor under what that work can cost on a machine.
//
//   floor_server [--redis PORT]
//
// One thread. Whoever connects is let in and may join; there is one room, and whoever has joined
// anything is in it. A message goes out by a bare loop of send() over all of them: no queue, no
// exclusion, no limits, no deadlines. All messages that one read brought leave in one send() a
// client. What a client publishes to its own id goes back to it alone. With --redis, what is
// published to any room there goes to everybody.
//
// A client that does not take what it is sent ends the program: it has no queue to keep it in.

#include "base/client_id.hpp"
#include "cli/descriptors.hpp"
#include "cli/exit_status.hpp"
#include "cli/signals.hpp"
#include "http/request_parser.hpp"
#include "http/response.hpp"
#include "net/endpoint.hpp"
#include "net/listener.hpp"
#include "protocol/event_reader.hpp"
#include "protocol/event_writer.hpp"
#include "protocol/node_message_reader.hpp"
#include "protocol/publish_request.hpp"
#include "redis/command.hpp"
#include "redis/reply_reader.hpp"
#include "ws/frame_decoder.hpp"
#include "ws/frame_writer.hpp"
#include "ws/handshake.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

namespace cresset::bench {
namespace {

constexpr std::size_t receive_bytes = 64 * 1024;

int checked(int result, const char* what)
{
    if (result < 0)
        throw std::system_error(errno, std::generic_category(), what);
    return result;
}

void send_now(int descriptor, std::string_view bytes)
{
    const ssize_t sent =
        ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent == static_cast<ssize_t>(bytes.size()))
        return;
    if (sent < 0 && (errno == EPIPE || errno == ECONNRESET))
        return; // it is going, which the loop will read
    throw std::runtime_error("a client does not take what it is sent, and the floor has no queue: "
                             "use fewer messages in flight");
}

void append_event(std::string& frames, std::string_view event, std::string_view data)
{
    ws::append_frame(frames, ws::opcode::text, protocol::write_event(event, data));
}

// A client, from its request on.
struct connection
{
    connection(int socket, const base::client_id& given, const http::request_limits& head,
               const ws::decoder_limits& frames)
        : descriptor(socket), id(given), parser(head), decoder(frames)
    {}
    connection(const connection&) = delete;
    connection& operator=(const connection&) = delete;
    ~connection() { ::close(descriptor); }

    int descriptor;
    base::client_id id;
    std::string id_text = id.to_string();
    http::request_parser parser;
    ws::frame_decoder decoder;
    bool upgraded = false;
    bool joined = false;
};

// The rooms of Redis, subscribed to by pattern.
class redis_rooms
{
public:
    explicit redis_rooms(std::uint16_t port)
        : descriptor_(checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"))
    {
        const net::endpoint at = net::endpoint::resolve("127.0.0.1", port);
        checked(::connect(descriptor_, at.address(), at.size()), "connecting to Redis");
        send_now(descriptor_, redis::make_command({"PSUBSCRIBE", "ws:room:*"}));
    }
    redis_rooms(const redis_rooms&) = delete;
    redis_rooms& operator=(const redis_rooms&) = delete;
    ~redis_rooms() { ::close(descriptor_); }

    int descriptor() const noexcept { return descriptor_; }

    // The frames of what came.
    void take(std::string_view bytes, std::string& frames)
    {
        const bool understood = replies_.read(bytes, [&](const redis::reply& reply) {
            if (reply[0].text() != "pmessage")
                return true;
            if (const auto message = messages_.read(reply[3].text()))
                append_event(frames, message->event, message->data);
            return true;
        });
        if (!understood)
            throw std::runtime_error("Redis: " + replies_.error());
    }

private:
    int descriptor_;
    redis::reply_reader replies_;
    protocol::node_message_reader messages_;
};

class floor_server
{
public:
    explicit floor_server(std::optional<std::uint16_t> redis_port)
    {
        net::endpoint at = net::endpoint::resolve("127.0.0.1", 0);
        listening_ = net::open_listeners(at, 1).front().release();
        watch(listening_);
        sigset_t stop{};
        sigemptyset(&stop);
        sigaddset(&stop, SIGINT);
        sigaddset(&stop, SIGTERM);
        stop_ = checked(::signalfd(-1, &stop, SFD_CLOEXEC), "signalfd");
        watch(stop_);
        if (redis_port) {
            redis_.emplace(*redis_port);
            watch(redis_->descriptor());
        }
        std::printf("floor_server is ready: http://%s/\n", at.to_string().c_str());
        std::fflush(stdout);
    }

    // Until a signal.
    void run()
    {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
            if (count < 0 && errno != EINTR)
                checked(count, "epoll_wait");
            for (int i = 0; i < count; ++i) {
                const int ready = events[static_cast<std::size_t>(i)].data.fd;
                if (ready == stop_)
                    return;
                take(ready);
            }
            if (!frames_.empty())
                send_to_all();
        }
    }

private:
    void watch(int descriptor)
    {
        epoll_event wanted{};
        wanted.events = EPOLLIN;
        wanted.data.fd = descriptor;
        checked(::epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &wanted), "epoll_ctl");
    }

    // The measured loop.
    void send_to_all()
    {
        for (const int descriptor : joined_)
            send_now(descriptor, frames_);
        frames_.clear();
    }

    void take(int ready)
    {
        if (ready == listening_)
            accept_one();
        else if (redis_ && ready == redis_->descriptor())
            take_from_redis();
        else
            take_from(*connections_[static_cast<std::size_t>(ready)]);
    }

    void accept_one()
    {
        const int accepted = ::accept4(listening_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0)
            return;
        const int on = 1;
        ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        const auto slot = static_cast<std::size_t>(accepted);
        if (slot >= connections_.size())
            connections_.resize(slot + 1);
        connections_[slot] =
            std::make_unique<connection>(accepted, ids_.next(), head_limits_, frame_limits_);
        watch(accepted);
    }

    void take_from_redis()
    {
        const std::span<char> bytes = receive(redis_->descriptor());
        if (bytes.empty())
            throw std::runtime_error("Redis has gone");
        redis_->take({bytes.data(), bytes.size()}, frames_);
    }

    void take_from(connection& c)
    {
        const std::span<char> bytes = receive(c.descriptor);
        const bool goes_on =
            !bytes.empty() && (c.upgraded ? take_frames(c, bytes) : take_request(c, bytes));
        if (!goes_on)
            remove(c);
    }

    // Empty at the end of the connection. It is there to be read, so this doesn't wait.
    std::span<char> receive(int descriptor)
    {
        const ssize_t got = ::recv(descriptor, buffer_.data(), receive_bytes, 0);
        return {buffer_.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
    }

    // False if the connection is over, as below.
    bool take_request(connection& c, std::span<char> bytes)
    {
        std::string_view input(bytes.data(), bytes.size());
        if (c.parser.feed(input) != http::request_parser::status::complete)
            return true;
        const http::response answer = ws::answer_upgrade(c.parser.take());
        send_now(c.descriptor, http::serialize(answer, true, true));
        c.upgraded = answer.status == 101;
        return c.upgraded && take_frames(c, bytes.last(input.size()));
    }

    bool take_frames(connection& c, std::span<char> bytes)
    {
        using kind = ws::decoded::kind;
        for (;;) {
            const ws::decoded item = c.decoder.next(bytes);
            const std::string_view payload(item.payload.data(), item.payload.size());
            if (item.what == kind::need_more)
                break;
            if (item.what == kind::close || item.what == kind::failure) {
                send_now(c.descriptor, ws::make_close_frame(item.code));
                return false;
            }
            if (item.what == kind::ping)
                ws::append_frame(answers_, ws::opcode::pong, payload);
            else if (item.what != kind::pong)
                take_event(c, payload);
        }
        if (!answers_.empty())
            send_now(c.descriptor, answers_);
        answers_.clear();
        return true;
    }

    void take_event(connection& c, std::string_view text)
    {
        const auto event = events_.read(text);
        if (!event)
            return;
        if (event->event == "authenticate") {
            const auto now = std::chrono::system_clock::now();
            append_event(answers_, "connected",
                         protocol::write_connected_data({c.id, std::nullopt, now, std::nullopt}));
        } else if (event->event == "join" && !std::exchange(c.joined, true)) {
            joined_.push_back(c.descriptor);
        } else if (event->event == "publish") {
            if (const auto asked = protocol::read_publish_request(event->data))
                append_event(asked->room == c.id_text ? answers_ : frames_, asked->event,
                             asked->data);
        }
    }

    void remove(connection& c)
    {
        if (c.joined)
            std::erase(joined_, c.descriptor);
        connections_[static_cast<std::size_t>(c.descriptor)].reset();
    }

    const http::request_limits head_limits_;
    const ws::decoder_limits frame_limits_;
    const int epoll_ = checked(::epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    int listening_;
    int stop_;
    base::client_id_generator ids_{0, 1};
    protocol::event_reader events_;
    std::optional<redis_rooms> redis_;
    std::vector<std::unique_ptr<connection>> connections_; // by descriptor
    std::vector<int> joined_;
    std::string frames_;  // to everybody who has joined, at the end of the turn
    std::string answers_; // to the client that is read from
    std::array<char, receive_bytes + ws::payload_padding> buffer_;
};

// None if the flags are wrong.
std::optional<std::uint16_t> parse_port(std::string_view text)
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port == 0)
        return std::nullopt;
    return port;
}

} // namespace
} // namespace cresset::bench

int main(int argc, char** argv)
{
    using namespace cresset;

    std::optional<std::uint16_t> redis_port;
    if (argc == 3 && std::string_view(argv[1]) == "--redis")
        redis_port = bench::parse_port(argv[2]);
    if (argc != 1 && !redis_port)
        return cli::refuse("it takes nothing, or --redis and the port of one", "floor_server");
    cli::hold_stop_signals();
    cli::raise_descriptor_limit();
    try {
        const auto server = std::make_unique<bench::floor_server>(redis_port);
        server->run();
        return cli::success;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "floor_server: %s\n", error.what());
        return cli::failure;
    }
}
