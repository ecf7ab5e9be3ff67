#include "redis/url.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <stdexcept>

namespace cresset::redis {
namespace {

constexpr std::uint16_t redis_port = 6379;
constexpr std::uint16_t sentinel_port = 26379;

struct scheme
{
    std::string_view name;
    topology kind;
    bool tls;
};

constexpr std::array schemes{scheme{"redis", topology::single, false},
                             scheme{"rediss", topology::single, true},
                             scheme{"redis+sentinel", topology::sentinel, false},
                             scheme{"rediss+sentinel", topology::sentinel, true},
                             scheme{"redis+cluster", topology::cluster, false},
                             scheme{"rediss+cluster", topology::cluster, true}};

[[noreturn]] void refuse(const std::string& why)
{
    throw std::runtime_error("Redis URL: " + why);
}

template <typename Number>
std::optional<Number> read_number(std::string_view text)
{
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

// What stands in its place is not shown: with the @ forgotten, it is a password.
std::uint16_t read_port(std::string_view text)
{
    const auto port = read_number<std::uint16_t>(text);
    if (!port || *port == 0)
        refuse("a port must be a number from 1 to 65535");
    return *port;
}

// What stands before the separator, which goes too; all of it where there is none.
std::string_view take_until(std::string_view& text, char separator)
{
    const std::size_t at = text.find(separator);
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
    return before;
}

int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

std::string percent_decoded(std::string_view text)
{
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
        if (high < 0 || low < 0)
            refuse("% in the user or the password must begin %XX; write %25 for the sign itself");
        plain += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return plain;
}

void read_scheme(std::string_view name, url& into)
{
    for (const scheme& known : schemes) {
        if (known.name != name)
            continue;
        into.kind = known.kind;
        into.tls = known.tls;
        return;
    }
    refuse("the scheme must be redis, rediss, redis+sentinel, rediss+sentinel, redis+cluster or "
           "rediss+cluster");
}

// A user alone would be a password forgotten.
void read_credentials(std::string_view text, url& into)
{
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos)
        refuse("before the @ stands user:password, or :password for the default user");
    into.user = percent_decoded(text.substr(0, colon));
    into.password = percent_decoded(text.substr(colon + 1));
}

void read_path(std::string_view path, url& into)
{
    if (into.kind == topology::sentinel) {
        into.master_name = take_until(path, '/');
        if (into.master_name.empty())
            refuse(
                "the name of the master must follow the sentinels: redis+sentinel://host/mymaster");
    }
    if (path.empty())
        return;
    if (into.kind == topology::cluster)
        refuse("a cluster has no databases");
    const auto database = read_number<unsigned>(path);
    if (!database)
        refuse("the database must be a number, and is \"" + std::string(path) + '"');
    into.database = *database;
}

} // namespace

std::string address::to_string() const
{
    const bool v6 = host.find(':') != std::string::npos;
    return (v6 ? '[' + host + ']' : host) + ':' + std::to_string(port);
}

address address::parse(std::string_view text, std::uint16_t default_port)
{
    address result{{}, default_port};
    std::string_view port;
    bool has_port = false;
    if (text.starts_with('[')) {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos)
            refuse("the ] of an IPv6 address is missing");
        result.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
        has_port = port.starts_with(':');
        if (!has_port && !port.empty())
            refuse("a port must follow the ] of an IPv6 address, or nothing");
        port.remove_prefix(has_port ? 1 : 0);
    } else {
        has_port = text.find(':') != std::string_view::npos;
        result.host = take_until(text, ':');
        port = text;
    }
    if (result.host.empty())
        refuse("a host is missing");
    if (result.host.find_first_of("[]") != std::string::npos)
        refuse("brackets are around IPv6 addresses, and nowhere else");
    if (has_port)
        result.port = read_port(port);
    return result;
}

url url::parse(std::string_view text)
{
    url result;
    const std::size_t scheme_end = text.find("://");
    if (scheme_end == std::string_view::npos)
        refuse("must begin with redis:// or another of its schemes");
    read_scheme(text.substr(0, scheme_end), result);
    text.remove_prefix(scheme_end + 3);
    if (text.find_first_of("?#") != std::string_view::npos)
        refuse("parameters behind ? or # are not known; in a password they are %3F and %23");
    std::string_view hosts = take_until(text, '/');
    if (text.find('@') != std::string_view::npos)
        refuse("a / in the user or the password must be written %2F");
    if (const std::size_t at = hosts.rfind('@'); at != std::string_view::npos) {
        read_credentials(hosts.substr(0, at), result);
        hosts.remove_prefix(at + 1);
    }
    const std::uint16_t port = result.kind == topology::sentinel ? sentinel_port : redis_port;
    bool another;
    do {
        another = hosts.find(',') != std::string_view::npos;
        result.addresses.push_back(address::parse(take_until(hosts, ','), port));
    } while (another);
    if (result.kind == topology::single && result.addresses.size() > 1)
        refuse("several hosts are for redis+sentinel or redis+cluster");
    read_path(text, result);
    return result;
}

std::string url::to_string() const
{
    std::string text = tls ? "rediss" : "redis";
    if (kind != topology::single)
        text += kind == topology::sentinel ? "+sentinel" : "+cluster";
    text += "://";
    for (const address& a : addresses)
        text += (&a == &addresses.front() ? "" : ",") + a.to_string();
    if (!master_name.empty())
        text += '/' + master_name;
    if (database != 0)
        text += '/' + std::to_string(database);
    return text;
}

} // namespace cresset::redis
