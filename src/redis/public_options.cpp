#include "redis/public_options.hpp"

#include <cresset/errors.hpp>
#include <stdexcept>
#include <utility>

namespace cresset::redis {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t partitions_max = 16'384; // more than slots of a cluster help nobody
constexpr milliseconds duration_max = std::chrono::hours(24);

void require(bool holds, const char* option, const char* why)
{
    if (!holds)
        throw option_error(option, why);
}

void require_duration(milliseconds value, const char* option, milliseconds least)
{
    require(value >= least, option,
            least.count() == 0 ? "must not be negative" : "must be over zero");
    require(value <= duration_max, option, "must be at most a day");
}

url parse_url(const std::string& text)
{
    try {
        return url::parse(text);
    } catch (const std::runtime_error& error) {
        throw option_error("redis.url", error.what());
    }
}

} // namespace

void check_options(const redis_options& given)
{
    if (given.url.empty())
        return;
    const url where = parse_url(given.url);
    const bool has_files =
        !given.ca_file.empty() || !given.cert_file.empty() || !given.key_file.empty();
    require(where.tls || !has_files, "redis.url",
            "must begin with rediss where TLS files are given");
    require_duration(given.connect_timeout, "redis.connect_timeout", milliseconds(1));
    require_duration(given.ready_timeout, "redis.ready_timeout", milliseconds(1));
    require_duration(given.linger, "redis.linger", milliseconds(0));
    require(given.queue_limit > 0, "redis.queue_limit", "must be over zero");
    require(given.partitions > 0 && given.partitions <= partitions_max, "redis.partitions",
            "must be 1 to 16384");
    require(!given.sharded || where.kind == topology::cluster, "redis.sharded",
            "is for redis+cluster alone");
    require(!given.sharded || given.subscribe == redis_subscribe::exact, "redis.subscribe",
            "must be exact with sharded: a shard has no patterns");
}

options to_options(const redis_options& given, std::string client_name)
{
    options to;
    to.where = parse_url(given.url);
    to.tls = {given.ca_file, given.cert_file, given.key_file};
    to.connect_timeout = given.connect_timeout;
    to.queue_bytes_max = given.queue_limit;
    to.client_name = std::move(client_name);
    return to;
}

} // namespace cresset::redis
