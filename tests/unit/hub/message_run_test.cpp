// Messages of one turn to one group leave together; nobody can tell but by the number of writes.

#include "hub/message_run.hpp"
#include "hub/session.hpp"
#include "hub/shard.hpp"
#include "support/test_hub.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

namespace cresset::hub {
namespace {

using tests::test_hub;
using tests::ws_client;
using texts = std::vector<std::string>;

shared_delivery made(const std::string& room, const std::string& frame, client_ids exclude = {})
{
    return std::make_shared<const delivery>(delivery{.kind = group_kind::room,
                                                     .name = room,
                                                     .frame = frame,
                                                     .text = nullptr,
                                                     .exclude = std::move(exclude)});
}

TEST(message_run, takes_messages_to_the_same_group_without_the_same_clients)
{
    const base::client_id one = base::client_id_generator().next();
    message_run run;
    run.add(made("a", "1", {one}));
    EXPECT_TRUE(run.fits(*made("a", "2", {one})));
    EXPECT_FALSE(run.fits(*made("a", "2")));
    EXPECT_FALSE(run.fits(*made("b", "2", {one})));
    EXPECT_FALSE(run.fits(delivery{
        .kind = group_kind::user, .name = "a", .frame = "2", .text = nullptr, .exclude = {one}}));
    EXPECT_TRUE(run.fits(*made("a", std::string(message_run::bytes_max - 1, 'x'), {one})));
    EXPECT_FALSE(run.fits(*made("a", std::string(message_run::bytes_max, 'x'), {one})));
    run.add(made("a", "23", {one}));
    EXPECT_EQ(run.joined()->bytes(), "123");
    run.clear();
    EXPECT_TRUE(run.empty());
}

struct turn_test : testing::Test
{
    // All in one turn of the loop.
    template <typename Function>
    void in_one_turn(Function f)
    {
        nodes.shard().thread.run([&] { f(*nodes.shard().shard); });
    }

    void to_room(const std::string& event, client_ids exclude = {}, const std::string& room = "r")
    {
        nodes->send_to_room(room, {event, {}}, std::move(exclude));
    }

    session& of(const ws_client& client) { return *nodes.shard().shard->find(client.id); }

    void join(const ws_client& client, const std::string& room = "r")
    {
        nodes.shard().shard->join(of(client), {group_kind::room, room});
    }

    // The names of the events that come until the one that is sent now.
    texts heard_by(ws_client& client)
    {
        nodes->send_to_client(client.id, {"end", {}});
        texts heard;
        for (;;) {
            const std::string text = client.text();
            const auto event = protocol::read_string_member(text, "event");
            if (!event || *event == "end")
                return heard;
            heard.push_back(*event);
        }
    }

    test_hub nodes{1};
    ws_client ada = nodes.login(0, "ada");
    ws_client ben = nodes.login(0, "ben");
};

TEST_F(turn_test, keeps_the_order_of_all_that_is_sent_to_a_client)
{
    in_one_turn([&](shard&) {
        join(ada);
        join(ada, "s");
        to_room("1");
        to_room("2");
        nodes->send_to_client(ada.id, {"3", {}});
        to_room("4");
        to_room("5", {}, "s");
        to_room("6");
        nodes->send_to_user("ada", {"7", {}});
        nodes->broadcast({"8", {}});
        to_room("9");
        of(ada).send_error("no event of the application's");
        to_room("10");
    });
    EXPECT_EQ(heard_by(ada), (texts{"1", "2", "3", "4", "5", "6", "7", "8", "9", "error", "10"}));
}

TEST_F(turn_test, sends_to_those_who_are_members_when_it_is_sent)
{
    in_one_turn([&](shard& home) {
        join(ada);
        to_room("1");
        join(ben);
        to_room("2");
        home.leave(of(ada), {group_kind::room, "r"});
        to_room("3");
    });
    EXPECT_EQ(heard_by(ada), (texts{"1", "2"}));
    EXPECT_EQ(heard_by(ben), (texts{"2", "3"}));
}

TEST_F(turn_test, leaves_out_who_is_excluded_from_that_message)
{
    in_one_turn([&](shard&) {
        join(ada);
        join(ben);
        to_room("1");
        to_room("2", {ada.id});
        to_room("3", {ada.id});
        to_room("4", {ben.id});
        to_room("5");
    });
    EXPECT_EQ(heard_by(ada), (texts{"1", "4", "5"}));
    EXPECT_EQ(heard_by(ben), (texts{"1", "2", "3", "5"}));
}

TEST_F(turn_test, sends_what_was_sent_before_a_close_before_the_close)
{
    in_one_turn([&](shard&) {
        join(ada);
        join(ben);
        to_room("1");
        to_room("2");
        of(ada).close(ws::close_code::normal, "bye");
        to_room("3");
    });
    EXPECT_EQ(ada.text(), R"({"event":"1"})");
    EXPECT_EQ(ada.text(), R"({"event":"2"})");
    EXPECT_EQ(ada.text(), "close 1000 bye");
    EXPECT_EQ(heard_by(ben), (texts{"1", "2", "3"}));
}

TEST_F(turn_test, sends_what_was_sent_before_somebody_went)
{
    in_one_turn([&](shard&) {
        join(ada);
        join(ben);
        to_room("1");
        to_room("2");
        of(ada).websocket::drop();
        to_room("3");
    });
    EXPECT_EQ(heard_by(ben), (texts{"1", "2", "3"}));
    EXPECT_EQ(nodes->count().messages_delivered, 2u + 2u + 1u + 1u); // connected, 1 and 2, 3, end
}

// What is sent at the very end of a turn does not wait for something else to happen.
TEST_F(turn_test, sends_at_once_what_is_sent_when_a_connection_is_over)
{
    nodes.app.on_disconnected = [&](const client&) { to_room("gone"); };
    in_one_turn([&](shard&) { join(ben); });
    ada.socket = tests::connect_over_tcp().client;
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(ben.text(), R"({"event":"gone"})");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
}

TEST_F(turn_test, takes_what_a_transform_sends_in_the_middle)
{
    nodes.app.on_transform = [&](const outbound_message& m, reply<replacement> answer) {
        if (m.event == "1" || m.event == "2") {
            to_room("a" + std::string(m.event), {ada.id});
            to_room("b" + std::string(m.event), {ada.id});
            nodes->send_to_client(ben.id, {"c" + std::string(m.event), {}});
        }
        answer.reject(); // as it is
    };
    in_one_turn([&](shard& home) {
        join(ada);
        join(ben);
        home.set_encrypted(of(ada));
        to_room("1");
        to_room("2");
    });
    EXPECT_EQ(heard_by(ada), (texts{"1", "2"}));
    EXPECT_EQ(heard_by(ben), (texts{"1", "a1", "b1", "c1", "2", "a2", "b2", "c2"}));
}

// In one write: the queue of the connection holds one segment.
TEST_F(turn_test, gives_a_member_one_segment_for_all)
{
    in_one_turn([&](shard& home) {
        join(ada);
        for (int i = 0; i < 50; ++i)
            to_room("e" + std::to_string(i));
        EXPECT_EQ(of(ada).waiting_bytes(), 0u);
        home.finish_run();
        EXPECT_GT(of(ada).waiting_bytes(), 500u);
    });
    EXPECT_EQ(heard_by(ada).size(), 50u);
}

} // namespace
} // namespace cresset::hub
