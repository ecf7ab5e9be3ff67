#pragma once

#include "redis/reply_reader.hpp"
#include "redis/url.hpp"
#include "support/redis_server.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::tests {

// A connection to fake_redis, whose answers the test writes.
class fake_link
{
public:
    explicit fake_link(descriptor socket) : socket_(std::move(socket))
    {
        const int on = 1;
        ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }

    // The next command, its words with spaces between them; empty when the connection has ended.
    std::string next()
    {
        while (commands_.empty()) {
            char buffer[16 * 1024];
            const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
            if (got <= 0)
                return {};
            reader_->read({buffer, static_cast<std::size_t>(got)}, [this](const redis::reply& r) {
                std::string command;
                for (std::size_t i = 0; i < r.size(); ++i)
                    command += (i == 0 ? "" : " ") + std::string(r[i].text());
                commands_.push_back(std::move(command));
                return true;
            });
        }
        std::string command = std::move(commands_.front());
        commands_.pop_front();
        return command;
    }

    // Nothing has arrived that was not read.
    bool quiet() const
    {
        char byte;
        return commands_.empty() && ::recv(socket_.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
    }

    // Reads up to PING, the last command of a greeting.
    std::vector<std::string> read_greeting()
    {
        std::vector<std::string> commands;
        do
            commands.push_back(next());
        while (commands.back() != "PING" && !commands.back().empty());
        return commands;
    }

    // Answers all of it, so that the link is up.
    void greet()
    {
        const std::size_t commands = read_greeting().size();
        for (std::size_t i = 1; i < commands; ++i)
            send("+OK\r\n");
        send("+PONG\r\n");
    }

    bool send(std::string_view bytes) { return socket_.send(bytes); }
    void send_by_byte(std::string_view bytes)
    {
        for (std::size_t i = 0; i < bytes.size(); ++i)
            socket_.send(bytes.substr(i, 1));
    }

    // Reads until the other side has ended it too.
    void finish()
    {
        socket_.finish();
        wait_for_end();
    }
    void wait_for_end()
    {
        while (socket_.receive(4096).size() == 4096) {
        }
        EXPECT_NE(socket_.end(), "timeout");
    }
    void reset() { socket_.reset(); }

private:
    peer_socket socket_;
    std::unique_ptr<redis::reply_reader> reader_ = std::make_unique<redis::reply_reader>();
    std::deque<std::string> commands_;
};

// Listens in Redis' place.
class fake_redis
{
public:
    fake_redis() : socket_(check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"))
    {
        sockaddr_in address = loopback_address(0);
        auto* const at = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        check_call(::bind(socket_.get(), at, size), "bind");
        check_call(::listen(socket_.get(), 16), "listen");
        ::getsockname(socket_.get(), at, &size);
        port_ = ntohs(address.sin_port);
        const timeval limit{20, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }

    redis::address where() const { return {"127.0.0.1", port_}; }

    // Readable while a connection waits.
    int descriptor() const noexcept { return socket_.get(); }

    fake_link accept()
    {
        return fake_link(tests::descriptor(
            check_call(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept")));
    }

    // A link that is up.
    fake_link greet()
    {
        fake_link link = accept();
        link.greet();
        return link;
    }

private:
    tests::descriptor socket_;
    std::uint16_t port_ = 0;
};

} // namespace cresset::tests
