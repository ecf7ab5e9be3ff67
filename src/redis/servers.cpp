#include "redis/servers.hpp"

#include <cresset/errors.hpp>
#include <stdexcept>
#include <utility>

namespace cresset::redis {
namespace {

// Asks on behalf of a link.
class master_finder final : public server_finder
{
public:
    explicit master_finder(sentinel_watch& from) : from_(from) {}
    std::optional<address> next() override { return from_.next(); }

private:
    sentinel_watch& from_;
};

} // namespace

servers::servers(net::connection_set& connections, const options& how,
                 base::unique_function<void()> moved)
    : how_(how)
{
    try {
        if (how_.where.tls)
            tls_.emplace(how_.tls);
    } catch (const std::runtime_error& error) {
        throw option_error("redis", error.what());
    }
    settings_.tls = tls_ ? &*tls_ : nullptr;
    settings_.client_name = how_.client_name;
    settings_.connect_timeout = how_.connect_timeout;
    watch_settings_ = settings_;
    settings_.user = how_.where.user;
    settings_.password = how_.where.password;
    settings_.database = how_.where.database;
    settings_.master_only = how_.where.kind == topology::sentinel;
    if (how_.where.kind == topology::sentinel)
        sentinel_.emplace(connections, watch_settings_, how_.where.addresses,
                          how_.where.master_name, std::move(moved));
    else if (how_.where.kind == topology::cluster)
        cluster_.emplace(connections, settings_, how_.where.addresses, std::move(moved));
}

void servers::start()
{
    if (sentinel_)
        sentinel_->start();
    if (cluster_)
        cluster_->start();
}

void servers::stop()
{
    if (sentinel_)
        sentinel_->stop();
    if (cluster_)
        cluster_->stop();
}

std::unique_ptr<server_finder> servers::finder(std::size_t number)
{
    if (sentinel_)
        return std::make_unique<master_finder>(*sentinel_);
    if (cluster_)
        return std::make_unique<cluster_nodes>(*cluster_, number);
    return std::make_unique<fixed_servers>(how_.where.addresses);
}

} // namespace cresset::redis
