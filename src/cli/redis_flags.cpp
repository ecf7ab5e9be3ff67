#include "cli/redis_flags.hpp"

#include "cli/units.hpp"

namespace cresset::cli {

CLI::Option* add_redis_flags(CLI::App& app, redis_options& redis, const std::string& what_it_is_for)
{
    CLI::Option* const url =
        app.add_option("--redis", redis.url,
                       what_it_is_for + ": redis://[user:password@]host[:port][/db], "
                                        "redis+sentinel://host:port,host:port/master, "
                                        "redis+cluster://host:port,...; rediss://... with TLS")
            ->type_name("URL");
    app.add_option("--redis-ca", redis.ca_file,
                   "PEM file of who signed Redis' certificate (default: the system's)")
        ->type_name("FILE");
    app.add_option("--redis-cert", redis.cert_file, "PEM file of our own certificate for Redis")
        ->type_name("FILE");
    app.add_option("--redis-key", redis.key_file, "PEM file of its key")->type_name("FILE");
    app.add_option("--redis-prefix", redis.prefix, "Before the name of every channel")
        ->capture_default_str();
    add_duration(app, "--redis-connect-timeout", redis.connect_timeout, "For one try to connect");
    add_duration(app, "--redis-ready-timeout", redis.ready_timeout,
                 "How long to wait for Redis at the start");
    add_bytes(app, "--redis-queue-limit", redis.queue_limit,
              "What may wait to be published; the oldest is dropped and counted");
    app.add_flag("--redis-sharded", redis.sharded,
                 "Sharded Pub/Sub on Redis Cluster, among nodes and emitters of Cresset alone");
    app.add_option("--redis-partitions", redis.partitions,
                   "Channels of --redis-sharded, the same everywhere")
        ->capture_default_str();
    return url;
}

} // namespace cresset::cli
