#include "hub/hub.hpp"
#include "support/recording_broker.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace cresset::hub {
namespace {

using broker::target_kind;
using tests::loop_thread;
using tests::recording_broker;
using tests::test_hub;
using tests::ws_client;

constexpr unsigned shards = 2;

struct hub_interest : testing::Test
{
    hub_interest()
    {
        hub = std::make_unique<test_hub>(shards, options{}, &nodes);
        hub->app.on_disconnected = [this](const client&) { gone.add(1); };
    }

    // Ends the hub with all that it has; nothing may be left.
    ~hub_interest() override
    {
        hub.reset();
        EXPECT_EQ(nodes.interests(), recording_broker::counts{});
    }

    int in_room(const std::string& name) { return nodes.interest_in(target_kind::room, name); }
    int in_user(const std::string& name) { return nodes.interest_in(target_kind::user, name); }
    int in_client(const ws_client& c)
    {
        return nodes.interest_in(target_kind::client, c.id.to_string());
    }

    // Answers joins from another thread.
    void answer_late()
    {
        late.start();
        hub->app.on_join = [this](const client&, std::vector<std::string> rooms,
                                  join_reply answer) {
            late.loop().post([rooms = std::move(rooms), answer = std::move(answer)]() mutable {
                answer.accept(std::move(rooms));
            });
        };
    }

    // Returns when all has been done that a client asked for until now.
    void finish(ws_client& c)
    {
        c.emit("fence");
        while (c.text() != R"({"event":"fenced"})") {
        }
        late.settle();
        hub->settle();
    }

    void answer_fences()
    {
        hub->app.on_message = [this](const client& from, std::string_view, std::string_view) {
            (*hub)->send_to_client(from.id(), {"fenced", {}});
        };
    }

    recording_broker nodes;
    loop_thread late;
    tests::collected<int> gone;
    std::unique_ptr<test_hub> hub;
};

TEST_F(hub_interest, begins_with_authentication_before_the_client_knows)
{
    std::vector<std::uint64_t> told_before;
    nodes.on_add = [&](target_kind, std::string_view) {
        told_before.push_back((*hub)->count().messages_delivered);
    };
    ws_client stranger = hub->connect(0);
    hub->settle();
    EXPECT_EQ(nodes.interests(), recording_broker::counts{});
    ws_client ann = hub->login(0, "ann");
    hub->settle();
    // Itself twice, user and default rooms when it is announced; then the groups.
    EXPECT_EQ(told_before, std::vector<std::uint64_t>(8, 0));
    const std::string id = ann.id.to_string();
    EXPECT_EQ(nodes.interests(),
              (recording_broker::counts{{{target_kind::client, id}, 1},
                                        {{target_kind::room, id}, 1},
                                        {{target_kind::user, "ann"}, 1},
                                        {{target_kind::room, "ws-default"}, 1},
                                        {{target_kind::room, "ws-notification"}, 1}}));
}

TEST_F(hub_interest, is_one_for_each_shard_that_has_somebody)
{
    answer_fences();
    late.start();
    ws_client first = hub->login(0, "ann");
    ws_client second = hub->login(0, "ann");
    ws_client third = hub->login(1, "ann");
    EXPECT_EQ(in_user("ann"), 2);
    for (ws_client* c : {&first, &second, &third}) {
        c->emit("join", R"({"rooms":["red","red"]})");
        finish(*c);
    }
    EXPECT_EQ(in_room("red"), 2);
    first.emit("leave", R"({"rooms":["red"]})");
    finish(first);
    EXPECT_EQ(in_room("red"), 2);
    second.emit("leave", R"({"rooms":["red","red"]})");
    finish(second);
    EXPECT_EQ(in_room("red"), 1);
}

TEST_F(hub_interest, ends_when_the_client_is_gone)
{
    ws_client ann = hub->login(1, "ann");
    ASSERT_EQ(in_client(ann), 1);
    ann.socket.reset();
    gone.wait_for(1);
    EXPECT_EQ(nodes.interests(), recording_broker::counts{});
}

TEST_F(hub_interest, is_there_as_soon_as_a_call_puts_a_client_into_a_room)
{
    ws_client ann = hub->login(0);
    hub->stop_threads(); // the joining itself never happens
    EXPECT_TRUE((**hub).join(ann.id, "red"));
    EXPECT_TRUE((**hub).join(ann.id, "red"));
    EXPECT_EQ(in_room("red"), 1);
}

TEST_F(hub_interest, ends_when_a_late_join_finds_nobody)
{
    std::vector<join_reply> answers;
    tests::event asked;
    hub->app.on_join = [&](const client&, std::vector<std::string>, join_reply answer) {
        answers.push_back(std::move(answer));
        asked.set();
    };
    ws_client ann = hub->login(0);
    ann.emit("join", R"({"rooms":["red"]})");
    ASSERT_TRUE(asked.wait());
    ann.socket.reset();
    gone.wait_for(1);
    answers.front().accept({"red"});
    hub->settle();
    EXPECT_EQ(nodes.interests(), recording_broker::counts{});
}

// --- any history ---

// One client after another: each logs in, does this and that, and goes or stays.
class history
{
public:
    history(test_hub& hub, unsigned seed) : hub_(hub), random_(seed), shard_(seed % shards) {}

    void run(int clients)
    {
        for (int i = 0; i < clients; ++i)
            live();
    }

    std::vector<ws_client> staying;
    int gone = 0;

private:
    unsigned below(unsigned n)
    {
        return std::uniform_int_distribution<unsigned>(0, n - 1)(random_);
    }
    std::string room() { return "room-" + std::to_string(below(60)); }
    std::string rooms() { return R"({"rooms":[")" + room() + R"(",")" + room() + R"("]})"; }

    void live()
    {
        if (below(8) == 0) {
            ws_client stranger = hub_.connect(shard_);
            ++gone;
            return;
        }
        ws_client c = hub_.login(shard_, "user-" + std::to_string(below(3)));
        for (unsigned n = below(12); n > 0; --n)
            act(c);
        if (below(6) == 0)
            staying.push_back(std::move(c));
        else
            leave(c);
    }

    void act(ws_client& c)
    {
        switch (below(4)) {
        case 0:
        case 1:
            c.emit("join", rooms());
            break;
        case 2:
            c.emit("leave", rooms());
            break;
        case 3:
            below(2) == 0 ? (*hub_).join(c.id, room()) : (*hub_).leave(c.id, room());
            break;
        }
    }

    void leave(ws_client& c)
    {
        ++gone;
        switch (below(3)) {
        case 0:
            c.socket.reset();
            break;
        case 1:
            c.socket.send(tests::client_close_frame(1000));
            break;
        case 2:
            (*hub_).disconnect(c.id, ws::close_code::normal, {});
            (*hub_).join(c.id, room()); // it may be gone
            break;
        }
    }

    test_hub& hub_;
    std::mt19937 random_;
    unsigned shard_;
};

// What there must be interest in, as the hub describes its clients.
recording_broker::counts described(const hub& h)
{
    std::set<std::pair<tests::interest, unsigned>> where;
    for (const client_info& c : h.describe({target_kind::broadcast, {}})) {
        const unsigned shard = base::shard_of(c.id, shards);
        where.insert({{target_kind::client, c.id.to_string()}, shard});
        where.insert({{target_kind::user, *c.user_id}, shard});
        for (const std::string& room : c.rooms)
            where.insert({{target_kind::room, room}, shard});
    }
    recording_broker::counts counts;
    for (const auto& [name, shard] : where)
        ++counts[name];
    return counts;
}

TEST_F(hub_interest, is_exact_after_any_history)
{
    answer_late();
    answer_fences();

    std::vector<history> histories;
    for (unsigned seed = 0; seed < 6; ++seed)
        histories.emplace_back(*hub, seed);
    std::vector<std::thread> threads;
    for (history& h : histories)
        threads.emplace_back([&h] { h.run(40); });
    for (std::thread& t : threads)
        t.join();

    std::size_t expected_gone = 0;
    std::size_t expected_staying = 0;
    for (history& h : histories) {
        expected_gone += static_cast<std::size_t>(h.gone);
        expected_staying += h.staying.size();
        for (ws_client& c : h.staying)
            finish(c);
    }
    EXPECT_EQ(gone.wait_for(expected_gone).size(), expected_gone);
    late.settle(); // joins of those who went
    hub->settle();
    EXPECT_EQ((*hub)->count().sessions, expected_staying);
    EXPECT_GT(expected_staying, 10u);
    EXPECT_EQ(nodes.interests(), described(**hub));
}

} // namespace
} // namespace cresset::hub
