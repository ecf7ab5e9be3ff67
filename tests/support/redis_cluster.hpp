#pragma once

#include "support/redis_server.hpp"
#include "support/waiting.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

namespace cresset::tests {

// For what can only be asked for again and again.
inline void wait_until(const std::string& what, const std::function<bool()>& happened)
{
    const auto end = std::chrono::steady_clock::now() + time_limit;
    while (!happened()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("never happened: " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

class redis_cluster_node
{
public:
    explicit redis_cluster_node(int node_timeout_ms)
        : bus_port_(free_port()),
          server_({"--cluster-enabled", "yes", "--cluster-port", std::to_string(bus_port_),
                   "--cluster-node-timeout", std::to_string(node_timeout_ms),
                   "--cluster-replica-validity-factor", "0", "--repl-diskless-sync-delay", "0"})
    {
        be_quiet();
        id_ = ask({"CLUSTER", "MYID"});
        id_ = id_.substr(1, id_.size() - 2); // without quotes
    }

    void kill() { server_.kill(); }
    void start()
    {
        server_.start();
        be_quiet();
    }
    void freeze() { server_.freeze(); }
    void thaw() { server_.thaw(); }

    redis::address where() const { return server_.where(); }
    std::uint16_t port() const noexcept { return server_.port(); }
    std::uint16_t bus_port() const noexcept { return bus_port_; }
    const std::string& id() const noexcept { return id_; }

    // The answer in one line. Throws what the server refuses.
    std::string ask(const std::vector<std::string>& words)
    {
        std::string answer = server_.cli(words);
        if (answer.starts_with('-'))
            throw std::runtime_error(words[0] + ": " + answer);
        return answer;
    }

    // Also of a server that is not there, which says nothing.
    bool says(const std::vector<std::string>& question, std::string_view what)
    {
        try {
            return server_.cli(question).find(what) != std::string::npos;
        } catch (const std::system_error&) {
            return false;
        }
    }

private:
    // Nobody reads what it prints.
    void be_quiet() { ask({"CONFIG", "SET", "loglevel", "warning"}); }

    std::uint16_t bus_port_;
    std::string id_;
    redis_server server_;
};

// Three masters with a replica each.
class redis_cluster
{
public:
    static constexpr std::size_t master_count = 3;

    // After so long a master counts as gone.
    static constexpr int node_timeout_ms = 1'000;

    redis_cluster()
    {
        for (std::size_t i = 0; i < 2 * master_count; ++i)
            nodes_.push_back(std::make_unique<redis_cluster_node>(node_timeout_ms));
        share_slots();
        introduce();
        settle();
    }

    std::vector<std::unique_ptr<redis_cluster_node>>& nodes() { return nodes_; }

    // All of them, or none where a server is down.
    std::vector<redis_cluster_node*> masters() { return with_role("role:master"); }

    // Who serves a slot, as all say who are there.
    redis_cluster_node& master_of(std::uint16_t slot)
    {
        redis_cluster_node* found = nullptr;
        wait_until("a slot has a master", [&] {
            for (redis_cluster_node* node : masters())
                if (serves(*node, slot))
                    found = node;
            return found != nullptr;
        });
        return *found;
    }

    redis_cluster_node& replica_of(const redis_cluster_node& master)
    {
        const std::string port = "master_port:" + std::to_string(master.port()) + "\r";
        for (redis_cluster_node* node : with_role("role:slave"))
            if (node->says({"INFO", "replication"}, port))
                return *node;
        throw std::runtime_error("a master has no replica");
    }

    // As a resharding does it for a slot without keys.
    void move_slot(std::uint16_t slot, redis_cluster_node& to)
    {
        redis_cluster_node& from = master_of(slot);
        const std::string s = std::to_string(slot);
        to.ask({"CLUSTER", "SETSLOT", s, "IMPORTING", from.id()});
        from.ask({"CLUSTER", "SETSLOT", s, "MIGRATING", to.id()});
        to.ask({"CLUSTER", "SETSLOT", s, "NODE", to.id()});
        from.ask({"CLUSTER", "SETSLOT", s, "NODE", to.id()});
        for (redis_cluster_node* node : masters())
            if (node != &to && node != &from)
                node->ask({"CLUSTER", "SETSLOT", s, "NODE", to.id()});
    }

    void set_node_timeout(int ms)
    {
        for (const auto& node : nodes_)
            node->ask({"CONFIG", "SET", "cluster-node-timeout", std::to_string(ms)});
    }

    // Every master has its replica, and all agree that all is well.
    void settle()
    {
        wait_until("the cluster is whole", [this] {
            const auto all = [](const auto& nodes, auto question, std::string_view answer) {
                return std::ranges::all_of(nodes, [&](const auto& node) {
                    return node->says({question[0], question[1]}, answer);
                });
            };
            const std::vector<std::string> info{"CLUSTER", "INFO"};
            const std::vector<std::string> replication{"INFO", "replication"};
            const auto present = masters();
            return all(nodes_, info, "cluster_state:ok") &&
                   all(nodes_, info, "cluster_known_nodes:6") && present.size() == master_count &&
                   all(present, replication, "connected_slaves:1") &&
                   all(with_role("role:slave"), replication, "master_link_status:up");
        });
    }

private:
    static bool serves(redis_cluster_node& node, std::uint16_t slot)
    {
        // The slots of "myself" stand at the end of its line.
        const std::string nodes = node.ask({"CLUSTER", "NODES"});
        const std::size_t at = nodes.find("myself");
        std::string_view line(nodes);
        line = line.substr(at, nodes.find('\n', at) - at);
        for (std::size_t i = line.find("connected "); i != std::string_view::npos;
             i = line.find(' ', i + 1)) {
            unsigned first = 0;
            unsigned last = 0;
            const std::string range(line.substr(line.find(' ', i) + 1));
            const int found = std::sscanf(range.c_str(), "%u-%u", &first, &last);
            if (found >= 1 && slot >= first && slot <= (found == 2 ? last : first))
                return true;
        }
        return false;
    }

    std::vector<redis_cluster_node*> with_role(std::string_view role)
    {
        std::vector<redis_cluster_node*> found;
        for (const auto& node : nodes_)
            if (node->says({"INFO", "replication"}, role))
                found.push_back(node.get());
        return found;
    }

    void share_slots()
    {
        for (std::size_t i = 0; i < master_count; ++i)
            nodes_[i]->ask({"CLUSTER", "ADDSLOTSRANGE", std::to_string(i * 16384 / master_count),
                            std::to_string((i + 1) * 16384 / master_count - 1)});
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            nodes_[i]->ask({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
    }

    void introduce()
    {
        for (const auto& node : nodes_)
            nodes_[0]->ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(node->port()),
                            std::to_string(node->bus_port())});
        wait_until("all nodes know each other", [this] {
            return std::ranges::all_of(nodes_, [](const auto& node) {
                return node->says({"CLUSTER", "INFO"}, "cluster_known_nodes:6");
            });
        });
        for (std::size_t i = 0; i < master_count; ++i)
            wait_until("a replica", [&] {
                return nodes_[i + master_count]->says({"CLUSTER", "REPLICATE", nodes_[i]->id()},
                                                      "OK");
            });
    }

    std::vector<std::unique_ptr<redis_cluster_node>> nodes_;
};

} // namespace cresset::tests
