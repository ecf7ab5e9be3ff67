#pragma once

#include "base/unique_function.hpp"
#include "redis/link.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace cresset::redis {

// A key's or sharded channel's slot in Redis Cluster: CRC-16 of it, or of what stands in its first
// {}, modulo 16,384 (Redis Cluster specification, "Hash tags").
std::uint16_t slot_of(std::string_view key) noexcept;

inline constexpr std::size_t slot_count = 16'384;

// Whether an error of Redis says that nothing was done, since this node doesn't serve the slot:
// another does, or nobody for the moment.
bool is_redirection(std::string_view error) noexcept;

// Asks a node of a cluster, over and over, who its nodes are and which of them serves which slot.
// On its loop's thread.
class cluster_watch final : private link::owner, private server_finder, private net::timer
{
public:
    // `changed` is called when the map is another than before. The settings outlive this.
    cluster_watch(net::connection_set& connections, const link_settings& settings,
                  std::vector<address> seeds, base::unique_function<void()> changed);

    void start() { link_.start(); }
    void stop();

    // Asks soon: somebody was told that the map is out of date. A node that often tells the same
    // then is left for another.
    void refresh();

    // Every node that serves slots, and those given at first until it is known.
    const std::vector<address>& masters() const noexcept { return masters_; }

    // Who serves a slot; none while it isn't known.
    std::optional<address> master_of(std::uint16_t slot) const;

private:
    static constexpr std::chrono::milliseconds ask_interval{1'000};
    static constexpr std::chrono::milliseconds refresh_delay{20};
    static constexpr unsigned unchanged_max = 10;
    static constexpr std::uint8_t nobody = 0xff;

    void on_link_up() override { ask(); }
    void on_link_reply(const reply& r) override;
    void on_link_down(std::string_view) override
    {
        cancel();
        asks_soon_ = false;
    }
    void on_link_quiet() override {}
    void on_timer() override { ask(); }
    std::optional<address> next() override;

    void ask();
    void read_range(const reply& range, std::vector<address>& masters,
                    std::array<std::uint8_t, slot_count>& owners) const;

    net::event_loop& loop_;
    const std::vector<address> seeds_;
    base::unique_function<void()> changed_;
    std::vector<address> masters_;
    std::array<std::uint8_t, slot_count> owner_of_slot_; // index into masters_
    bool known_ = false;
    bool asks_soon_ = false;
    bool asked_soon_ = false; // the last question was one of refresh
    unsigned unchanged_ = 0;  // answers to those that brought nothing, in a row
    std::size_t turn_ = 0;
    link link_;
};

// The nodes of a cluster in turn, from one of them on: what is published at any node reaches the
// subscribers of all.
class cluster_nodes final : public server_finder
{
public:
    cluster_nodes(const cluster_watch& cluster, std::size_t first) : cluster_(cluster), turn_(first)
    {}

    std::optional<address> next() override
    {
        return cluster_.masters()[turn_++ % cluster_.masters().size()];
    }

private:
    const cluster_watch& cluster_;
    std::size_t turn_;
};

} // namespace cresset::redis
