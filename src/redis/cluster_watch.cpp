#include "redis/cluster_watch.hpp"

#include "redis/command.hpp"

#include <algorithm>
#include <utility>

namespace cresset::redis {
namespace {

// CRC-16/XMODEM: polynomial 0x1021, from zero.
std::uint16_t crc16(std::string_view bytes) noexcept
{
    std::uint32_t crc = 0;
    for (const char c : bytes) {
        crc ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 8;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
    }
    return static_cast<std::uint16_t>(crc);
}

} // namespace

std::uint16_t slot_of(std::string_view key) noexcept
{
    if (const std::size_t open = key.find('{'); open != std::string_view::npos) {
        const std::size_t close = key.find('}', open + 1);
        if (close != std::string_view::npos && close != open + 1)
            key = key.substr(open + 1, close - open - 1);
    }
    return crc16(key) % slot_count;
}

bool is_redirection(std::string_view error) noexcept
{
    constexpr std::array<std::string_view, 4> words{"MOVED ", "ASK ", "CLUSTERDOWN ", "TRYAGAIN "};
    return std::ranges::any_of(words, [&](std::string_view w) { return error.starts_with(w); });
}

cluster_watch::cluster_watch(net::connection_set& connections, const link_settings& settings,
                             std::vector<address> seeds, base::unique_function<void()> changed)
    : loop_(connections.loop()),
      seeds_(std::move(seeds)),
      changed_(std::move(changed)),
      masters_(seeds_),
      link_(connections, settings, *this, *this)
{
    owner_of_slot_.fill(nobody);
}

void cluster_watch::stop()
{
    cancel();
    link_.stop();
}

// Not put off by those who are told so while it waits.
void cluster_watch::refresh()
{
    if (link_.up() && !std::exchange(asks_soon_, true))
        loop_.arm(*this, refresh_delay);
}

std::optional<address> cluster_watch::master_of(std::uint16_t slot) const
{
    const std::uint8_t index = owner_of_slot_[slot];
    return known_ && index != nobody ? std::optional(masters_[index]) : std::nullopt;
}

// The masters, and the seeds in between: they may have come back elsewhere.
std::optional<address> cluster_watch::next()
{
    const std::size_t i = turn_++ % (masters_.size() + seeds_.size());
    return i < masters_.size() ? masters_[i] : seeds_[i - masters_.size()];
}

void cluster_watch::ask()
{
    asked_soon_ = std::exchange(asks_soon_, false);
    link_.send(make_command({"CLUSTER", "SLOTS"}));
}

// [[first slot, last slot, [host, port, ...] of the master, those of replicas ...], ...]
void cluster_watch::on_link_reply(const reply& r)
{
    std::vector<address> masters;
    std::array<std::uint8_t, slot_count> owners;
    owners.fill(nobody);
    if (r.size() <= slot_count)
        for (std::size_t i = 0; i < r.size(); ++i)
            read_range(r[i], masters, owners);
    if (masters.empty()) {
        link_.reconnect(r.is_error() ? r.text() : "serves no slots of a cluster");
        return;
    }
    if (!asks_soon_)
        loop_.arm(*this, ask_interval);
    if (known_ && masters == masters_ && owners == owner_of_slot_) {
        if (asked_soon_ && ++unchanged_ % unchanged_max == 0)
            link_.reconnect("its map may be out of date");
        return;
    }
    unchanged_ = 0;
    known_ = true;
    masters_ = std::move(masters);
    owner_of_slot_ = owners;
    changed_();
}

void cluster_watch::read_range(const reply& range, std::vector<address>& masters,
                               std::array<std::uint8_t, slot_count>& owners) const
{
    const std::int64_t first = range[0].integer();
    const std::int64_t last = range[1].integer();
    const std::int64_t port = range[2][1].integer();
    if (first < 0 || last >= static_cast<std::int64_t>(slot_count) || port < 1 || port > 65'535)
        return;
    // A node that knows no address of its own has the one that it was reached by.
    const std::string_view host = range[2][0].text();
    address at{host.empty() ? link_.server().host : std::string(host),
               static_cast<std::uint16_t>(port)};
    auto known = std::ranges::find(masters, at);
    if (known == masters.end()) {
        if (masters.size() == nobody)
            return;
        known = masters.insert(masters.end(), std::move(at));
    }
    for (std::int64_t slot = first; slot <= last; ++slot)
        owners[static_cast<std::size_t>(slot)] = static_cast<std::uint8_t>(known - masters.begin());
}

} // namespace cresset::redis
