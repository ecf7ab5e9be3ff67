#pragma once

#include "support/child_process.hpp"
#include "support/sockets.hpp"
#include "support/temporary_folder.hpp"

#include <csignal>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace cresset::tests {

// A redis-server of one test, on a free port and in a folder of its own.
class redis_server
{
public:
    // Further options as redis-server takes them: {"--requirepass", "secret"}.
    explicit redis_server(std::vector<std::string> options = {})
        : options_(std::move(options)), port_(free_port())
    {
        start();
    }

    std::uint16_t port() const noexcept { return port_; }
    std::string url() const { return "redis://127.0.0.1:" + std::to_string(port_); }

    void kill() { process_->end(SIGKILL); }
    void restart() { start(); }
    void freeze() { process_->freeze(); }
    void thaw() { process_->thaw(); }

    // What redis-cli prints.
    std::string cli(std::vector<std::string> words) const
    {
        words.insert(words.begin(), {"redis-cli", "-p", std::to_string(port_)});
        child_process asked(words);
        std::string printed = asked.read_all();
        asked.wait();
        return printed;
    }

private:
    static std::uint16_t free_port()
    {
        const descriptor s(check_call(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* const at = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        check_call(::bind(s.get(), at, size), "bind");
        check_call(::getsockname(s.get(), at, &size), "getsockname");
        return ntohs(address.sin_port);
    }

    void start()
    {
        std::vector<std::string> command{
            "redis-server", "--port",    std::to_string(port_), "--bind", "127.0.0.1", "--save", "",
            "--dir",        folder_ / ""};
        command.insert(command.end(), options_.begin(), options_.end());
        process_.emplace(command);
        process_->read_until("Ready to accept connections");
    }

    const std::vector<std::string> options_;
    const std::uint16_t port_;
    temporary_folder folder_;
    std::optional<child_process> process_;
};

} // namespace cresset::tests
