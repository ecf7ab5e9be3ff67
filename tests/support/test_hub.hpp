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

namespace cresset::hub {

using authenticate_reply = reply<identity>;
using join_reply = reply<allowed_rooms>;

} // namespace cresset::hub

namespace cresset::tests {

// An application that accepts everybody (as the "user" of the credentials, if there is one), lets
// everybody join everything, and tells what it was called for. A test changes what it wants to;
// before clients come, because the shards' threads call.
class test_application final : public hub::application
{
public:
    std::function<void(const client&, std::string_view, reply<identity>)> on_authenticate =
        [](const client&, std::string_view credentials, reply<identity> answer) {
            identity who;
            who.user_id = protocol::read_string_member(credentials, "user");
            answer.accept(std::move(who));
        };
    std::function<void(const client&, std::vector<std::string>, reply<allowed_rooms>)> on_join =
        [](const client&, std::vector<std::string> rooms, reply<allowed_rooms> answer) {
            answer.accept(std::move(rooms));
        };
    std::function<void(const client&)> on_connected = [](const client&) {};
    std::function<void(const client&)> on_disconnected = [](const client&) {};
    std::function<void(const client&, std::string_view, std::string_view)> on_message =
        [](const client&, std::string_view, std::string_view) {};
    std::function<void(const handshake_request&, reply<handshake_result>)> on_handshake;
    std::function<void(const outbound_message&, reply<replacement>)> on_transform;

    // "authenticate", "join", "connected USER", "disconnected USER", "message EVENT DATA".
    collected<std::string> calls;

private:
    void authenticate(const authenticate_request& request, reply<identity> answer) override
    {
        calls.add("authenticate");
        on_authenticate(request.client, request.data(), std::move(answer));
    }
    void validate_rooms(const join_request& request, reply<allowed_rooms> answer) override
    {
        calls.add("join");
        on_join(request.client, request.rooms, std::move(answer));
    }
    void client_connected(const client& who) override
    {
        calls.add("connected " + std::string(who.user_id()));
        on_connected(who);
    }
    void client_disconnected(const client& who) override
    {
        calls.add("disconnected " + std::string(who.user_id()));
        on_disconnected(who);
    }
    void message(const cresset::message& m) override
    {
        calls.add("message " + std::string(m.event) + ' ' + std::string(m.data()));
        on_message(m.client, m.event, m.data());
    }
    bool has_handshake() const noexcept override { return on_handshake != nullptr; }
    void handshake(const handshake_request& request, reply<handshake_result> answer) override
    {
        on_handshake(request, std::move(answer));
    }
    bool has_transform() const noexcept override { return on_transform != nullptr; }
    void transform(const outbound_message& m, reply<replacement> answer) override
    {
        on_transform(m, std::move(answer));
    }
};

// The calls of a hub, in the short forms that tests read best in.
class hub_calls
{
public:
    explicit hub_calls(hub::hub& h) noexcept : hub_(h) {}

    send_result send_to_client(const client_id& id, hub::outgoing_event event)
    {
        return hub_.send({broker::target_kind::client, id.to_string()}, event);
    }
    send_result send_to_user(std::string_view user, hub::outgoing_event event)
    {
        return hub_.send({broker::target_kind::user, user}, event);
    }
    send_result send_to_room(std::string_view room, hub::outgoing_event event,
                             hub::client_ids exclude = {}, reach how_far = reach::node)
    {
        return hub_.send({broker::target_kind::room, room}, event, exclude, how_far);
    }
    send_result broadcast(hub::outgoing_event event, hub::client_ids exclude = {})
    {
        return hub_.send({broker::target_kind::broadcast, {}}, event, exclude);
    }
    send_result send_to_room_everywhere(std::string_view room, hub::outgoing_event event,
                                        hub::client_ids exclude = {})
    {
        return send_to_room(room, event, std::move(exclude), reach::fleet);
    }
    bool is_member(const client_id& id, std::string_view room) const
    {
        return hub_.is_member(id, room);
    }
    hub::totals count() const noexcept { return hub_.count(); }
    hub::directory& names() noexcept { return hub_.names(); }
    hub::shard& at(unsigned index) const noexcept { return hub_.at(index); }

private:
    hub::hub& hub_;
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
                      broker::broker* shared = nullptr)
        : settings_(std::move(settings)),
          broker_(shared ? *shared : static_cast<broker::broker&>(own_broker_)),
          hub_(settings_, app, broker_, log_, shard_count)
    {
        for (unsigned i = 0; i < shard_count; ++i) {
            shards_.push_back(std::make_unique<test_shard>());
            shards_[i]->shard = &hub_.add_shard(i, shards_[i]->connections);
        }
        hub_.start();
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
    hub_calls* operator->() noexcept { return &calls_; }
    test_shard& shard(unsigned i = 0) { return *shards_[i]; }

    // A client that has just been upgraded. `rest` came behind its handshake.
    ws_client connect(unsigned shard_index = 0, std::string_view rest = {},
                      int client_receive_bytes = 0, ws::deflate_parameters deflate = {})
    {
        tcp_pair pair = connect_over_tcp(client_receive_bytes);
        test_shard& s = shard(shard_index);
        s.thread.run([&] {
            std::string bytes(rest);
            bytes.resize(rest.size() + net::receive_padding);
            net::connection& c = s.connections.adopt(pair.server.release(), never_called_);
            s.shard->accept(c, {bytes.data(), rest.size()},
                            base::ip_address::parse("203.0.113.9").value(), deflate);
        });
        return ws_client(std::move(pair.client));
    }

    // A client that is authenticated, and knows its id.
    ws_client login(unsigned shard_index = 0, std::string_view user = {},
                    int client_receive_bytes = 0, ws::deflate_parameters deflate = {})
    {
        ws_client c = connect(shard_index, {}, client_receive_bytes, deflate);
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
        c.id = base::client_id::parse(*id).value();
    }

    // True if nothing comes to the client before a message that is sent to it now: all that was
    // sent to it by this thread has come then.
    bool nothing_more_for(ws_client& c)
    {
        calls_.send_to_client(c.id, {"fence", {}});
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
    broker::broker& broker_;
    base::log log_{base::log_level::warn, base::log_format::text};
    hub::hub hub_;
    hub_calls calls_{hub_};
    std::vector<std::unique_ptr<test_shard>> shards_; // go before the hub
};

} // namespace cresset::tests
