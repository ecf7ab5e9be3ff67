#include "redis/sentinel_watch.hpp"

#include "redis/command.hpp"

#include <charconv>
#include <utility>

namespace cresset::redis {

sentinel_watch::sentinel_watch(net::connection_set& connections, const link_settings& settings,
                               std::vector<address> sentinels, std::string master_name,
                               base::unique_function<void()> changed)
    : loop_(connections.loop()),
      master_name_(std::move(master_name)),
      changed_(std::move(changed)),
      sentinels_(std::move(sentinels)),
      link_(connections, settings, sentinels_, *this)
{}

void sentinel_watch::stop()
{
    cancel();
    link_.stop();
}

void sentinel_watch::ask()
{
    link_.send(make_command({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", master_name_}));
}

// [host, port], or nil from one that watches no such master.
void sentinel_watch::on_link_reply(const reply& r)
{
    const std::string_view port = r[1].text();
    address master{std::string(r[0].text()), 0};
    std::from_chars(port.data(), port.data() + port.size(), master.port);
    if (master.host.empty() || master.port == 0) {
        link_.reconnect(r.is_error() ? std::string(r.text()) : "knows no master " + master_name_);
        return;
    }
    loop_.arm(*this, ask_interval);
    if (master_ == master)
        return;
    const bool another = master_.has_value();
    master_ = std::move(master);
    if (another)
        changed_();
}

} // namespace cresset::redis
