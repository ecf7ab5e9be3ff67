#pragma once

#include "redis/command.hpp"
#include "redis/url.hpp"
#include "support/certificates.hpp"
#include "support/child_process.hpp"
#include "support/reply_text.hpp"
#include "support/sockets.hpp"
#include "support/temporary_folder.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace cresset::tests {

inline sockaddr_in loopback_address(std::uint16_t port)
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

inline std::uint16_t free_port()
{
    const descriptor socket(check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
    sockaddr_in address = loopback_address(0);
    socklen_t size = sizeof address;
    check_call(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), "bind");
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
}

// A connection of the test's own to Redis: asks, and waits for the answer.
class redis_client
{
public:
    explicit redis_client(std::uint16_t port)
        : socket_([port] {
              descriptor s(check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
              const sockaddr_in address = loopback_address(port);
              check_call(
                  ::connect(s.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address),
                  "connect");
              return peer_socket(std::move(s));
          }())
    {}

    // The answer in one line: see text_of.
    std::string ask(const std::vector<std::string>& words)
    {
        const std::vector<std::string_view> views(words.begin(), words.end());
        socket_.send(redis::make_command(views));
        return next();
    }

    // Of answers, or of messages.
    std::string next()
    {
        while (answers_.empty()) {
            char buffer[16 * 1024];
            const ssize_t got = ::recv(socket_.get(), buffer, sizeof buffer, 0);
            if (got <= 0)
                return "the connection is lost";
            reader_.read({buffer, static_cast<std::size_t>(got)}, [this](const redis::reply& r) {
                answers_.push_back(redis::text_of(r));
                return true;
            });
        }
        const std::string answer = answers_.front();
        answers_.erase(answers_.begin());
        return answer;
    }

private:
    peer_socket socket_;
    redis::reply_reader reader_;
    std::vector<std::string> answers_;
};

// A redis-server of the test's own, on a free port and in a temporary folder. It ends with the test
// whatever happens.
class redis_server
{
public:
    // With certificates, those signed for "server", it listens with TLS too. More options as on the
    // command line.
    explicit redis_server(std::vector<std::string> more = {}, const certificates* tls = nullptr)
        : more_(std::move(more)), tls_(tls)
    {
        for (int tries = 5; !process_; --tries) {
            port_ = free_port();
            tls_port_ = tls_ ? free_port() : std::uint16_t{0};
            try {
                start();
            } catch (const std::runtime_error&) { // somebody was quicker to take a port
                if (tries == 1)
                    throw;
            }
        }
    }

    std::uint16_t port() const noexcept { return port_; }
    std::uint16_t tls_port() const noexcept { return tls_port_; }
    redis::address where() const { return {"127.0.0.1", port_}; }
    std::string url() const { return "redis://" + where().to_string(); }

    // Returns when it takes connections.
    void start()
    {
        std::vector<std::string> command{"redis-server", "--port",    std::to_string(port_),
                                         "--bind",       "127.0.0.1", "--dir",
                                         folder_ / "",   "--save",    "",
                                         "--appendonly", "no"};
        if (tls_)
            command.insert(command.end(),
                           {"--tls-port", std::to_string(tls_port_), "--tls-cert-file",
                            tls_->cert_file("server"), "--tls-key-file", tls_->key_file("server"),
                            "--tls-ca-cert-file", tls_->ca_file(), "--tls-auth-clients", "no"});
        command.insert(command.end(), more_.begin(), more_.end());
        auto starting = std::make_unique<child_process>(command);
        starting->read_until("Ready to accept connections");
        process_ = std::move(starting);
    }

    // As kill -9, or a machine that is gone.
    void kill()
    {
        client_.reset();
        process_ = nullptr;
    }

    void restart()
    {
        kill();
        start();
    }

    void freeze() { process_->freeze(); }
    void thaw() { process_->thaw(); }

    std::string cli(const std::vector<std::string>& words)
    {
        if (!client_)
            client_.emplace(port_);
        return client_->ask(words);
    }

private:
    std::vector<std::string> more_;
    const certificates* tls_;
    temporary_folder folder_;
    std::uint16_t port_ = 0;
    std::uint16_t tls_port_ = 0;
    std::unique_ptr<child_process> process_;
    std::optional<redis_client> client_;
};

} // namespace cresset::tests
