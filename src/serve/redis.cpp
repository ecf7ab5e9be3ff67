#include "serve/redis.hpp"

#include "broker/memory_broker.hpp"
#include "broker/redis_broker.hpp"

#include <cresset/errors.hpp>
#include <stdexcept>
#include <utility>

namespace cresset::serve {
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

redis::url parse_url(const std::string& text)
{
    try {
        return redis::url::parse(text);
    } catch (const std::runtime_error& error) {
        throw option_error("redis.url", error.what());
    }
}

broker::redis_broker_options to_broker_options(const redis_options& options)
{
    broker::redis_broker_options to;
    to.redis.where = parse_url(options.url);
    to.redis.tls = {options.ca_file, options.cert_file, options.key_file};
    to.redis.connect_timeout = options.connect_timeout;
    to.redis.queue_bytes_max = options.queue_limit;
    to.prefix = options.prefix;
    to.ready_timeout = options.ready_timeout;
    to.exact = options.subscribe == redis_subscribe::exact;
    to.linger = options.linger;
    to.sharded = options.sharded;
    to.partitions = options.partitions;
    return to;
}

} // namespace

void check_redis_options(const redis_options& options)
{
    if (options.url.empty())
        return;
    const redis::url where = parse_url(options.url);
    const bool has_files = !options.ca_file.empty() || !options.cert_file.empty();
    require(where.tls || !has_files, "redis.url",
            "must begin with rediss where TLS files are given");
    require_duration(options.connect_timeout, "redis.connect_timeout", milliseconds(1));
    require_duration(options.ready_timeout, "redis.ready_timeout", milliseconds(1));
    require_duration(options.linger, "redis.linger", milliseconds(0));
    require(options.queue_limit > 0, "redis.queue_limit", "must be over zero");
    require(options.partitions > 0 && options.partitions <= partitions_max, "redis.partitions",
            "must be 1 to 16384");
    require(!options.sharded || where.kind == redis::topology::cluster, "redis.sharded",
            "is for redis+cluster alone");
    require(!options.sharded || options.subscribe == redis_subscribe::exact, "redis.subscribe",
            "must be exact with sharded: a shard has no patterns");
}

std::unique_ptr<broker::broker> make_broker(const redis_options& options, base::log& log)
{
    check_redis_options(options);
    if (options.url.empty())
        return std::make_unique<broker::memory_broker>();
    try {
        return std::make_unique<broker::redis_broker>(to_broker_options(options), log);
    } catch (const std::runtime_error& error) { // files of TLS
        throw option_error("redis", error.what());
    }
}

} // namespace cresset::serve
