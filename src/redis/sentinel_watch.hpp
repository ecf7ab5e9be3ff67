#pragma once

#include "base/unique_function.hpp"
#include "redis/link.hpp"

#include <optional>
#include <string>

namespace cresset::redis {

// Asks sentinels who the master is, over and over, and so notices a failover soon. Finds it for
// other links. On its loop's thread.
class sentinel_watch final : public server_finder, private link::owner, private net::timer
{
public:
    // `changed` is called when there is another master than before. The settings are for the
    // sentinels, and outlive this.
    sentinel_watch(net::connection_set& connections, const link_settings& settings,
                   std::vector<address> sentinels, std::string master_name,
                   base::unique_function<void()> changed);

    void start() { link_.start(); }
    void stop();

    std::optional<address> next() override { return master_; }

private:
    static constexpr std::chrono::milliseconds ask_interval{200};

    void on_link_up() override { ask(); }
    void on_link_reply(const reply& r) override;
    void on_link_down(std::string_view) override { cancel(); }
    void on_link_quiet() override {}
    void on_timer() override { ask(); }

    void ask();

    net::event_loop& loop_;
    const std::string master_name_;
    base::unique_function<void()> changed_;
    fixed_servers sentinels_;
    std::optional<address> master_;
    link link_;
};

} // namespace cresset::redis
