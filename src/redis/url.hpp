#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cresset::redis {

struct address
{
    std::string host;
    std::uint16_t port = 6379;

    friend bool operator==(const address&, const address&) = default;

    // "127.0.0.1:6379", "[::1]:6379".
    std::string to_string() const;

    // The same read; the port may be left out. Throws std::runtime_error with a line for people.
    static address parse(std::string_view text, std::uint16_t default_port);
};

enum class topology : std::uint8_t
{
    single,
    sentinel,
    cluster
};

// Where Redis is, and as whom to connect:
//
//   redis://[[user]:password@]host[:port][/database]
//   redis+sentinel://[[user]:password@]host[:port][,host[:port]]...[/master-name[/database]]
//   redis+cluster://[[user]:password@]host[:port][,host[:port]]...
//
// and rediss, rediss+sentinel, rediss+cluster over TLS. User and password are percent-encoded.
struct url
{
    topology kind = topology::single;
    bool tls = false;
    std::vector<address> addresses; // at least one; of the sentinels, or some of the cluster
    std::string master_name;        // sentinel only
    std::string user;
    std::string password;
    unsigned database = 0;

    // Throws std::runtime_error with a line for people, which never shows a password.
    static url parse(std::string_view text);

    // Without user and password, for logs.
    std::string to_string() const;
};

} // namespace cresset::redis
