#pragma once

#include "base/log.hpp"
#include "broker/memory_broker.hpp"
#include "hub/application.hpp"
#include "hub/hub.hpp"
#include "hub/shard.hpp"
#include "net/connection_set.hpp"
#include "protocol/json_member.hpp"
#include "support/loop_thread.hpp"
#include "support/waiting.hpp"
#include "support/ws_client.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::tests {

// An application that accepts everybody (as the "user" of the credentials, if there is one), lets
// everybody join everything, and tells what it was called for. A test changes what it wants to;
// before clients come, because the shards' threads call.
class test_application final : public hub::application
{
public:
    std::function<void(const hub::client&, std::string_view, hub::authenticate_reply)>
        on_authenticate =
            [](const hub::client&, std::string_view credentials, hub::authenticate_reply reply) {
                reply.accept({protocol::read_string_member(credentials, "user")});
            };
    std::function<void(const hub::client&, std::vector<std::string>, hub::join_reply)> on_join =
        [](const hub::client&, std::vector<std::string> rooms, hub::join_reply reply) {
            reply.allow(std::move(rooms));
        };
    std::function<void(const hub::client&)> on_connected = [](const hub::client&) {};
    std::function<void(const hub::client&)> on_disconnected = [](const hub::client&) {};
    std::function<void(const hub::client&, std::string_view, std::string_view)> on_message =
        [](const hub::client&, std::string_view, std::string_view) {};

    // "authenticate", "join", "connected USER", "disconnected USER", "message EVENT DATA".
    collected<std::string> calls;

private:
    void authenticate(const hub::client& who, std::string_view credentials,
                      hub::authenticate_reply reply) override
    {
        calls.add("authenticate");
        on_authenticate(who, credentials, std::move(reply));
    }
    void validate_rooms(const hub::client& who, std::vector<std::string> rooms,
                        hub::join_reply reply) override
    {
        calls.add("join");
        on_join(who, std::move(rooms), std::move(reply));
    }
    void client_connected(const hub::client& who) override
    {
        calls.add("connected " + std::string(who.user_id));
        on_connected(who);
    }
    void client_disconnected(const hub::client& who) override
    {
        calls.add("disconnected " + std::string(who.user_id));
        on_disconnected(who);
    }
    void message(const hub::client& who, std::string_view event, std::string_view data) override
    {
        calls.add("message " + std::string(event) + ' ' + std::string(data));
        on_message(who, event, data);
    }
};

// A shard's loop, connections and thread.
struct test_shard
{
    ~test_shard() { thread.stop(); }

    loop_thread thread;
    net::connection_set connections{thread.loop()};
    hub::shard* shard = nullptr;
};

// A hub with its shards, each on a thread of its own, and clients that connect over loopback.
class test_hub
{
public:
    explicit test_hub(unsigned shard_count = 1, hub::options settings = {},
                      broker::memory_broker* shared = nullptr)
        : settings_(std::move(settings)),
          broker_(shared ? *shared : own_broker_),
          hub_(settings_, app, broker_, log_, shard_count)
    {
        for (unsigned i = 0; i < shard_count; ++i) {
            shards_.push_back(std::make_unique<test_shard>());
            shards_[i]->shard = &hub_.add_shard(i, shards_[i]->connections);
        }
        for (auto& s : shards_)
            s->thread.start();
    }
    test_hub(const test_hub&) = delete;
    test_hub& operator=(const test_hub&) = delete;
    ~test_hub() { stop_threads(); }

    // Afterwards, nothing of the hub runs until it is destroyed.
    void stop_threads()
    {
        for (auto& s : shards_)
            s->thread.stop();
    }

    hub::hub& operator*() noexcept { return hub_; }
    hub::hub* operator->() noexcept { return &hub_; }
    test_shard& shard(unsigned i = 0) { return *shards_[i]; }

    // A client that has just been upgraded. `rest` came behind its handshake.
    ws_client connect(unsigned shard_index = 0, std::string_view rest = {},
                      int client_receive_bytes = 0)
    {
        tcp_pair pair = connect_over_tcp(client_receive_bytes);
        test_shard& s = shard(shard_index);
        s.thread.run([&] {
            std::string bytes(rest);
            bytes.resize(rest.size() + net::receive_padding);
            net::connection& c = s.connections.adopt(pair.server.release(), never_called_);
            s.shard->accept(c, {bytes.data(), rest.size()});
        });
        return ws_client(std::move(pair.client));
    }

    // A client that is authenticated, and knows its id.
    ws_client login(unsigned shard_index = 0, std::string_view user = {},
                    int client_receive_bytes = 0)
    {
        ws_client c = connect(shard_index, {}, client_receive_bytes);
        c.emit("authenticate", user.empty() ? "{}" : "{\"user\":\"" + std::string(user) + "\"}");
        read_connected(c);
        return c;
    }

    // Takes `connected`, which tells a client its id.
    static void read_connected(ws_client& c)
    {
        const std::string text = c.text();
        const auto id = protocol::read_string_member(protocol::find_member(text, "data"), "id");
        if (protocol::read_string_member(text, "event") != "connected" || !id)
            throw std::runtime_error("not connected: " + text);
        c.id = base::parse_client_id(*id).value();
    }

    // True if nothing comes to the client before a message that is sent to it now: all that was
    // sent to it by this thread has come then.
    bool nothing_more_for(ws_client& c)
    {
        hub_.send_to_client(c.id, {"fence", {}});
        last_text = c.text();
        return last_text == R"({"event":"fence"})";
    }

    // Returns when all shards have done what was given to them until now.
    void settle()
    {
        for (auto& s : shards_)
            s->thread.settle();
    }

    test_application app;
    std::string last_text; // what nothing_more_for has seen

private:
    struct unused_handler final : net::connection::handler
    {
        void on_data(std::span<char>) override {}
        void on_deadline() override {}
        void on_closed() override {}
    };

    unused_handler never_called_; // accept puts another in its place
    hub::options settings_;
    broker::memory_broker own_broker_;
    broker::memory_broker& broker_;
    base::log log_{base::log_level::warn, base::log_format::text};
    hub::hub hub_;
    std::vector<std::unique_ptr<test_shard>> shards_; // go before the hub
};

} // namespace cresset::tests
