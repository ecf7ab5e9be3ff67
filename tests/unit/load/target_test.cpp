#include "load/target.hpp"

#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <set>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace cresset::load {
namespace {

TEST(target, parts_of_a_url)
{
    const target t = target::parse("ws://127.0.0.1:3000/stream?token=1");
    EXPECT_EQ(t.where().to_string(), "127.0.0.1:3000");
    EXPECT_EQ(t.host(), "127.0.0.1:3000");
    EXPECT_EQ(t.path(), "/stream?token=1");
}

TEST(target, what_may_be_left_out)
{
    EXPECT_EQ(target::parse("ws://127.0.0.1").where().to_string(), "127.0.0.1:80");
    EXPECT_EQ(target::parse("ws://127.0.0.1").path(), "/");
    EXPECT_EQ(target::parse("ws://127.0.0.1:81?a").path(), "/?a");
    EXPECT_EQ(target::parse("ws://[::1]:82/ws").where().to_string(), "[::1]:82");
    EXPECT_EQ(target::parse("ws://[::1]/ws").where().to_string(), "[::1]:80");
}

TEST(target, what_is_no_url)
{
    for (const char* url :
         {"", "127.0.0.1:3000", "http://127.0.0.1/", "ws://", "ws:///ws", "ws://127.0.0.1:0/",
          "ws://127.0.0.1:65536/", "ws://127.0.0.1:x/", "ws://127.0.0.1/a b", "ws://127.0.0.1/#a"})
        EXPECT_THROW(target::parse(url), std::invalid_argument) << url;
}

// A listening socket on a free port.
class listening
{
public:
    listening() : descriptor_(::socket(AF_INET, SOCK_STREAM, 0))
    {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        ::bind(descriptor_, reinterpret_cast<sockaddr*>(&at), size);
        ::listen(descriptor_, 64);
        ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&at), &size);
        port_ = ntohs(at.sin_port);
    }
    ~listening() { ::close(descriptor_); }
    listening(const listening&) = delete;
    listening& operator=(const listening&) = delete;

    std::string url() const { return "ws://127.0.0.1:" + std::to_string(port_) + "/"; }

    // Where the next connection comes from.
    std::uint32_t accept() const
    {
        sockaddr_in from{};
        socklen_t size = sizeof from;
        const int peer = ::accept(descriptor_, reinterpret_cast<sockaddr*>(&from), &size);
        ::close(peer);
        return ntohl(from.sin_addr.s_addr);
    }

private:
    int descriptor_;
    std::uint16_t port_;
};

TEST(target, clients_come_from_many_addresses_of_loopback)
{
    const listening server;
    const target t = target::parse(server.url());
    std::set<std::uint32_t> sources;
    for (std::uint64_t client = 0; client < 40; ++client) {
        const int s = t.open_socket(client, 0);
        const std::uint32_t from = server.accept();
        EXPECT_EQ(from >> 24, 127u);
        sources.insert(from);
        ::close(s);
    }
    EXPECT_EQ(sources.size(), 40u);
}

TEST(target, a_small_receive_buffer)
{
    const listening server;
    const target t = target::parse(server.url());
    const int s = t.open_socket(0, 4096);
    int bytes = 0;
    socklen_t size = sizeof bytes;
    ::getsockopt(s, SOL_SOCKET, SO_RCVBUF, &bytes, &size);
    EXPECT_LE(bytes, 2 * 4096); // the kernel counts its own share too
    ::close(s);
}

TEST(target, reachable_or_not)
{
    std::string url;
    {
        const listening server;
        url = server.url();
        EXPECT_NO_THROW(target::parse(url).check_reachable());
    }
    EXPECT_THROW(target::parse(url).check_reachable(), std::runtime_error);
}

} // namespace
} // namespace cresset::load
