#pragma once

#include "redis/cluster_watch.hpp"
#include "redis/link.hpp"
#include "redis/options.hpp"
#include "redis/sentinel_watch.hpp"

#include <memory>
#include <optional>

namespace cresset::redis {

// What the links of a bus have in common: how to greet, TLS, and who tells where the servers are.
// On its loop's thread.
class servers
{
public:
    // `moved` is called when the links have to look for their servers again. Throws
    // option_error for TLS files that can't be used.
    servers(net::connection_set& connections, const options& how,
            base::unique_function<void()> moved);

    void start();
    void stop();

    const link_settings& settings() const noexcept { return settings_; }

    // For a link of its own; with a cluster, links of different numbers begin at different nodes.
    std::unique_ptr<server_finder> finder(std::size_t number);

    cluster_watch* cluster() noexcept { return cluster_ ? &*cluster_ : nullptr; }

private:
    options how_;
    std::optional<net::tls_client_context> tls_;
    link_settings settings_;
    link_settings watch_settings_; // of sentinels, who know no users of Redis
    std::optional<sentinel_watch> sentinel_;
    std::optional<cluster_watch> cluster_;
};

} // namespace cresset::redis
