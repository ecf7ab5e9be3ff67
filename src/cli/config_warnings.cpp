#include "cli/config_warnings.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>

namespace cresset::cli {
namespace {

bool is_anything(std::string_view pattern)
{
    return !pattern.empty() && pattern.find_first_not_of('*') == std::string_view::npos;
}

bool has_anything(const std::vector<std::string>& patterns)
{
    return std::ranges::any_of(patterns, is_anything);
}

bool is_everywhere(const std::string& range)
{
    return range.ends_with("/0");
}

bool is_loopback(const std::string& host)
{
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

// Of a place "cresset.toml:12:9".
bool others_may_read(const std::string& place)
{
    const std::string file = place.substr(0, place.rfind(':', place.rfind(':') - 1));
    std::error_code error;
    const auto mode = std::filesystem::status(file, error).permissions();
    return !error && (mode & std::filesystem::perms::others_read) != std::filesystem::perms::none;
}

class risks
{
public:
    explicit risks(const configuration& from) : from_(from) {}

    void add(bool is_so, std::string_view path, const std::string& why)
    {
        const setting* const what = from_.find(path);
        if (!is_so || !what)
            return;
        const std::string place = what->place.empty() ? "by default" : what->place;
        found_.push_back(place + ": " + std::string(path) + ' ' + why);
    }

    std::vector<std::string> found() { return std::move(found_); }

private:
    const configuration& from_;
    std::vector<std::string> found_;
};

} // namespace

std::vector<std::string> find_risks(const serve_flags& flags, const configuration& from)
{
    risks all(from);
    all.add(has_anything(flags.rules.join), "rooms.join",
            "has a pattern that is every room: whoever knows or guesses a name may listen there");
    all.add(has_anything(flags.rules.publish), "rooms.publish",
            "has a pattern that is every room: each member of any room may speak there");
    all.add(has_anything(flags.origins), "access.origin",
            "lets pages of any site open the WebSocket, in the name of whoever visits them");
    all.add(std::ranges::any_of(flags.trusted_proxies, is_everywhere), "access.trusted-proxy",
            "trusts everybody: clients may then name any address as their own");
    all.add(!is_loopback(flags.options.host) && flags.tls.certs.empty(), "listen.host",
            "is reached from elsewhere without TLS: what clients send can be read on the way, "
            "unless a proxy in front of it speaks TLS");
    all.add(flags.log_level == "off", "log.level", "tells nobody of anything");
    all.add(flags.options.limits.messages_per_second == 0, "limits.messages-per-second",
            "lets one client take all of a thread");
    const setting* const redis = from.find("redis.url");
    all.add(redis && redis->from == origin::file &&
                flags.redis.url.find('@') != std::string::npos && others_may_read(redis->place),
            "redis.url", "has a password, in a file that every user of this machine may read");
    return all.found();
}

} // namespace cresset::cli
