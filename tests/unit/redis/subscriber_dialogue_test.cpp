// Subscribers against a server whose answers the test writes.

#include "subscriber_fixture.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;
using tests::fake_link;
using tests::fake_redis;

struct subscriber_dialogue : subscriber_in_loop
{
    // Up with these, in batches.
    fake_link start_with(const std::vector<std::string>& channels)
    {
        start(server.where(), channels);
        fake_link peer = server.greet();
        confirm(peer, channels.size());
        expect_up();
        return peer;
    }

    // Reads commands for so many channels, and confirms them; returns them.
    static std::vector<std::string> confirm(fake_link& peer, std::size_t channels)
    {
        std::vector<std::string> commands;
        while (channels > 0) {
            commands.push_back(peer.next());
            peer.send(confirmations(commands.back()));
            const std::size_t now = channels_of(commands.back());
            EXPECT_LE(now, channels) << commands.back();
            channels -= std::min(now, channels);
            if (now == 0)
                break;
        }
        return commands;
    }

    // Waits for what is wanted now to be confirmed; then this is an event.
    void wait_as(const std::string& event)
    {
        run([&] { it->when_confirmed([this, event] { events.add(event); }); });
    }

    // Everything that it has to say is said.
    void expect_quiet(const fake_link& peer)
    {
        thread.settle();
        EXPECT_TRUE(peer.quiet());
    }

    fake_redis server;
};

TEST_F(subscriber_dialogue, names_at_most_512_channels_in_a_command)
{
    start(server.where(), numbered("c", 1'300));
    fake_link peer = server.greet();
    const auto commands = confirm(peer, 1'300);
    ASSERT_EQ(commands.size(), 3u);
    EXPECT_EQ(channels_of(commands[0]), 512u);
    EXPECT_EQ(channels_of(commands[1]), 512u);
    EXPECT_EQ(channels_of(commands[2]), 276u);
    expect_up();
    want(numbered("d", 600));
    EXPECT_EQ(confirm(peer, 600).size(), 2u);
    unwant(numbered("d", 600));
    EXPECT_EQ(confirm(peer, 600).size(), 2u);
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, has_a_bounded_number_of_channels_unconfirmed)
{
    start(server.where(), numbered("c", 5'000));
    fake_link peer = server.greet();
    std::vector<std::string> commands;
    for (int i = 0; i < 4; ++i)
        commands.push_back(peer.next());
    expect_quiet(peer);
    for (const std::string& command : commands)
        peer.send(confirmations(command));
    confirm(peer, 5'000 - 4 * 512);
    expect_up();
}

TEST_F(subscriber_dialogue, is_up_no_sooner_than_the_last_confirmation)
{
    start(server.where(), {"a", "b"});
    fake_link peer = server.greet();
    const std::string answers = confirmations(peer.next());
    peer.send(answers.substr(0, answers.size() - 1));
    thread.settle();
    EXPECT_FALSE(complete());
    expect_events({});
    peer.send("\n");
    expect_up();
}

TEST_F(subscriber_dialogue, takes_messages_between_confirmations)
{
    start(server.where(), {"a", "b"});
    fake_link peer = server.greet();
    EXPECT_EQ(channels_of(peer.next()), 2u);
    peer.send_by_byte("*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
                      "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n"
                      "*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n");
    expect_events({"a: 1", "up"});
}

TEST_F(subscriber_dialogue, says_nothing_of_what_is_taken_back_in_the_same_turn)
{
    fake_link peer = start_with({"a"});
    run([this] {
        for (int i = 0; i < 1'000; ++i) {
            it->want("b");
            it->unwant("b");
            it->unwant("a");
            it->want("a");
        }
        it->want("c");
    });
    EXPECT_EQ(peer.next(), "SUBSCRIBE c");
    expect_quiet(peer);
}

// One joins a room while another leaves one: that is no reason for a command each.
TEST_F(subscriber_dialogue, says_changes_in_few_commands_though_they_alternate)
{
    const auto old_ones = numbered("old", 1'000);
    const auto new_ones = numbered("new", 1'000);
    fake_link peer = start_with(old_ones);
    run([&] {
        for (std::size_t i = 0; i < 1'000; ++i) {
            it->unwant(old_ones[i]);
            it->want(new_ones[i]);
        }
    });
    EXPECT_EQ(confirm(peer, 2'000).size(), 4u);
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, keeps_few_changes_however_often_they_are_made)
{
    fake_link peer = start_with({});
    const auto held = numbered("held", 2'048); // so many that nothing else is said
    want(held);
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(channels_of(peer.next()), 512u);
    run([this] {
        for (int i = 0; i < 100'001; ++i) {
            if (i % 2 == 0)
                it->want("a");
            else
                it->unwant("a");
        }
    });
    std::string answers;
    for (const std::string& channel : held)
        answers += confirmations("SUBSCRIBE " + channel);
    peer.send(answers);
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, says_a_change_of_mind_in_order)
{
    fake_link peer = start_with({});
    want({"a"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    unwant({"a"});
    EXPECT_EQ(peer.next(), "UNSUBSCRIBE a");
    want({"a"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    peer.send(confirmations("SUBSCRIBE a") + confirmations("UNSUBSCRIBE a") +
              confirmations("SUBSCRIBE a"));
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, begins_anew_with_the_next_link)
{
    fake_link peer = start_with({"gone"});
    want(numbered("held", 2'048));
    for (int i = 0; i < 4; ++i)
        EXPECT_EQ(channels_of(peer.next()), 512u);
    want({"a"}); // neither is said any more
    unwant({"gone"});
    peer.finish();
    find_event("down");
    fake_link again = server.greet();
    for (const std::string& command : confirm(again, 2'049))
        EXPECT_TRUE(command.starts_with("SUBSCRIBE ")) << command;
    expect_up(2);
    expect_quiet(again);
    unwant({"a"});
    EXPECT_EQ(again.next(), "UNSUBSCRIBE a");
    want({"gone"});
    EXPECT_EQ(again.next(), "SUBSCRIBE gone");
}

// --- who waits for confirmations ---

TEST_F(subscriber_dialogue, tells_who_waits_when_all_before_is_confirmed)
{
    fake_link peer = start_with({"old"});
    wait_as("1: nothing is new");
    expect_event(1, "1: nothing is new");
    want({"a", "b"});
    wait_as("2: a and b");
    EXPECT_EQ(peer.next(), "SUBSCRIBE a b");
    want({"c"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE c");
    wait_as("3: c");
    peer.send(confirmations("SUBSCRIBE a"));
    expect_nothing_more();
    peer.send(confirmations("SUBSCRIBE b"));
    expect_event(2, "2: a and b");
    expect_nothing_more();
    peer.send(confirmations("SUBSCRIBE c"));
    expect_event(3, "3: c");
}

TEST_F(subscriber_dialogue, tells_who_waits_for_what_another_has_asked_for)
{
    fake_link peer = start_with({});
    want({"a"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    want({"a"}); // again
    wait_as("a");
    expect_nothing_more();
    peer.send(confirmations("SUBSCRIBE a"));
    expect_event(1, "a");
}

TEST_F(subscriber_dialogue, lets_nobody_wait_for_the_end_of_subscriptions)
{
    fake_link peer = start_with({"a"});
    unwant({"a"});
    EXPECT_EQ(peer.next(), "UNSUBSCRIBE a");
    wait_as("nothing");
    expect_event(1, "nothing");
    run([this] {
        it->want("b");
        it->when_confirmed([this] { events.add("b, which is wanted no longer"); });
        it->unwant("b");
    });
    expect_event(2, "b, which is wanted no longer");
}

TEST_F(subscriber_dialogue, tells_who_waits_when_the_link_is_lost)
{
    fake_link peer = start_with({});
    want({"a"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    wait_as("a");
    peer.finish();
    expect_event(1, "a");
    find_event("down");
    const std::size_t place = events.now().size();
    wait_as("without a link");
    expect_event(place, "without a link");
    fake_link again = server.greet();
    EXPECT_EQ(again.next(), "SUBSCRIBE a");
    wait_as("a again");
    expect_nothing_more();
    again.send(confirmations("SUBSCRIBE a"));
    find_event("a again");
}

TEST_F(subscriber_dialogue, lets_who_waits_wait_for_channels_that_are_asked_for_one_by_one)
{
    fake_link peer = start_with({});
    want({"a", "b"});
    wait_as("a and b");
    EXPECT_EQ(peer.next(), "SUBSCRIBE a b");
    want({"c"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE c");
    peer.send("-NOPERM one of them\r\n" + confirmations("SUBSCRIBE c"));
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    EXPECT_EQ(peer.next(), "SUBSCRIBE b");
    expect_nothing_more();
    peer.send("-NOPERM this one\r\n");
    expect_event(1, "refused a: NOPERM this one");
    expect_nothing_more();
    peer.send(confirmations("SUBSCRIBE b"));
    expect_event(2, "a and b");
}

// --- refusals ---

TEST_F(subscriber_dialogue, asks_one_by_one_after_a_refusal)
{
    start(server.where(), {"a", "b", "c"});
    fake_link peer = server.greet();
    EXPECT_EQ(channels_of(peer.next()), 3u);
    peer.send("-NOPERM one of them\r\n");
    for (int i = 0; i < 3; ++i) {
        const std::string command = peer.next();
        EXPECT_EQ(channels_of(command), 1u);
        peer.send(command == "SUBSCRIBE b" ? "-NOPERM this one\r\n" : confirmations(command));
    }
    expect_events({"refused b: NOPERM this one", "up"});
    EXPECT_EQ(run([this] { return it->wanted(); }), 3u);
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, does_not_ask_again_for_what_is_wanted_no_longer)
{
    fake_link peer = start_with({});
    want({"a", "b"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a b");
    unwant({"a"});
    EXPECT_EQ(peer.next(), "UNSUBSCRIBE a");
    peer.send("-NOPERM one of them\r\n" + confirmations("UNSUBSCRIBE a"));
    EXPECT_EQ(peer.next(), "SUBSCRIBE b");
    peer.send("-NOPERM this one\r\n");
    expect_event(1, "refused b: NOPERM this one");
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, asks_again_for_what_is_wanted_again)
{
    fake_link peer = start_with({});
    want({"a", "b"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a b");
    const auto held = numbered("held", 2'048); // so many that nothing else is said
    want(held);
    std::string answers;
    for (int i = 0; i < 4; ++i)
        answers += confirmations(peer.next());
    run([this] {
        it->unwant("a");
        it->want("a");
    });
    peer.send("-NOPERM one of them\r\n" + answers);
    std::vector<std::string> commands{peer.next(), peer.next()};
    std::ranges::sort(commands);
    EXPECT_EQ(commands, (std::vector<std::string>{"SUBSCRIBE a", "SUBSCRIBE b"}));
    peer.send(confirmations(commands[0]) + confirmations(commands[1]));
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, does_not_end_again_what_is_wanted_again)
{
    fake_link peer = start_with({"a", "b"});
    unwant({"a", "b"});
    EXPECT_EQ(peer.next(), "UNSUBSCRIBE a b");
    want({"a"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    peer.send("-NOPERM to end it\r\n" + confirmations("SUBSCRIBE a"));
    EXPECT_EQ(peer.next(), "UNSUBSCRIBE b");
    peer.send("-NOPERM to end it\r\n");
    expect_event(1, "refused b: NOPERM to end it");
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, waits_for_the_refused_ones_before_it_is_up)
{
    start(server.where(), numbered("c", 100));
    fake_link peer = server.greet();
    EXPECT_EQ(channels_of(peer.next()), 100u);
    want(numbered("late", 60));
    const std::string late = peer.next();
    EXPECT_EQ(channels_of(late), 60u);
    peer.send("-NOPERM one of them\r\n" + confirmations(late));
    for (int i = 0; i < 100; ++i) {
        const std::string command = peer.next();
        EXPECT_EQ(channels_of(command), 1u);
        if (i == 99)
            expect_events({});
        peer.send(confirmations(command));
    }
    expect_up();
}

TEST_F(subscriber_dialogue, is_up_when_the_rest_is_wanted_no_longer)
{
    start(server.where(), numbered("c", 2'048 + 2));
    fake_link peer = server.greet();
    std::string answers;
    for (int i = 0; i < 4; ++i)
        answers += confirmations(peer.next());
    unwant(numbered("c", 2'048 + 2));
    peer.send(answers);
    expect_up();
    confirm(peer, 2'048 + 2);
    expect_quiet(peer);
}

// --- signs of life ---

TEST_F(subscriber_dialogue, tells_answers_to_its_question_from_others)
{
    settings.silence_max = 10s;
    fake_link peer = start_with({});
    EXPECT_EQ(peer.next(), "PING");
    want({"a"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE a");
    peer.send("+PONG\r\n" + confirmations("SUBSCRIBE a")); // asked before there were any
    EXPECT_EQ(peer.next(), "PING");
    unwant({"a"});
    EXPECT_EQ(peer.next(), "UNSUBSCRIBE a");
    peer.send("*2\r\n$4\r\npong\r\n$0\r\n\r\n" + confirmations("UNSUBSCRIBE a"));
    EXPECT_EQ(peer.next(), "PING");
    peer.send("-NOPERM no ping\r\n");
    want({"b"});
    confirm(peer, 1);
    expect_quiet(peer);
    expect_events({"up"});
}

// --- what was not asked ---

TEST_F(subscriber_dialogue, takes_no_harm_from_what_was_not_asked)
{
    fake_link peer = start_with({"a"});
    peer.send("+OK\r\n-ERR what\r\n:1\r\n$-1\r\n*0\r\n*1\r\n$7\r\nmessage\r\n");
    expect_event(1, ": "); // of no channel
    peer.send("*1\r\n$9\r\nsubscribe\r\n*2\r\n$4\r\npong\r\n$0\r\n\r\n*1\r\n*0\r\n");
    peer.send(confirmations("SUBSCRIBE never"));
    peer.send(confirmations("UNSUBSCRIBE never"));
    want({"b"});
    EXPECT_EQ(peer.next(), "SUBSCRIBE b");
    peer.send(confirmations("SUBSCRIBE b"));
    peer.send("*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\n1\r\n");
    expect_events({"up", ": ", "b: 1"});
}

TEST_F(subscriber_dialogue, tells_that_a_slot_has_moved)
{
    make(server.where());
    want({"s1", "s2"}, kind::shard);
    run([this] { it->start(); });
    fake_link peer = server.greet();
    std::vector<std::string> commands = confirm(peer, 2);
    EXPECT_EQ(commands.size(), 2u); // slots of their own
    expect_up();
    peer.send(confirmations("SUNSUBSCRIBE s1"));
    expect_event(1, "moved s1");
    EXPECT_EQ(run([this] { return it->wanted(); }), 1u);
    EXPECT_TRUE(complete());
    want({"s1"}, kind::shard); // it has come back
    EXPECT_EQ(peer.next(), "SSUBSCRIBE s1");
    peer.send("-MOVED 1 127.0.0.1:1\r\n");
    expect_event(2, "moved s1");
    want({"s1"}, kind::shard);
    EXPECT_EQ(peer.next(), "SSUBSCRIBE s1");
    EXPECT_FALSE(run([this] { return it->confirmed(); }));
    peer.send("-CLUSTERDOWN Hash slot not served\r\n");
    expect_event(3, "moved s1");
    EXPECT_TRUE(run([this] { return it->confirmed(); }));
    unwant({"s2"}, kind::shard);
    EXPECT_EQ(peer.next(), "SUNSUBSCRIBE s2");
    want({"s2"}, kind::shard);
    EXPECT_EQ(peer.next(), "SSUBSCRIBE s2");
    peer.send("-MOVED 1 127.0.0.1:1\r\n" + confirmations("SSUBSCRIBE s2"));
    EXPECT_EQ(run([this] { return it->wanted(); }), 1u);
    expect_quiet(peer);
}

TEST_F(subscriber_dialogue, tells_a_slot_that_moved_from_what_it_asked)
{
    make(server.where());
    want({"s1", "s2", "s3"}, kind::shard);
    run([this] { it->start(); });
    fake_link peer = server.greet();
    confirm(peer, 3);
    expect_up();
    unwant({"s2"}, kind::shard);
    EXPECT_EQ(peer.next(), "SUNSUBSCRIBE s2");
    peer.send(confirmations("SUNSUBSCRIBE s1")); // not asked
    peer.send(confirmations("SUNSUBSCRIBE s2"));
    peer.send(confirmations("SUNSUBSCRIBE s3")); // not asked
    expect_events({"up", "moved s1", "moved s3"});
}

TEST_F(subscriber_dialogue, asks_for_many_shards_without_waiting_for_each)
{
    make(server.where());
    want(numbered("s", 100), kind::shard);
    run([this] { it->start(); });
    fake_link peer = server.greet();
    std::string answers;
    for (int i = 0; i < 100; ++i)
        answers += confirmations(peer.next());
    peer.send(answers);
    expect_up();
}

// --- from inside ---

TEST_F(subscriber_dialogue, may_change_its_mind_from_inside_what_it_tells)
{
    when_message = [this] {
        it->unwant("a");
        it->want("b");
    };
    fake_link peer = start_with({"a"});
    peer.send("*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n");
    EXPECT_EQ(confirm(peer, 2).size(), 2u);
    expect_quiet(peer);
    when_moved = [this] { it->want("s", kind::shard); };
    run([this] { it->want("s", kind::shard); });
    confirm(peer, 1);
    peer.send(confirmations("SUNSUBSCRIBE s"));
    EXPECT_EQ(peer.next(), "SSUBSCRIBE s");
}

TEST_F(subscriber_dialogue, may_be_stopped_from_inside_a_message)
{
    when_message = [this] { it->stop(); };
    fake_link peer = start_with({"a"});
    const std::string message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n";
    peer.send(message + message);
    peer.wait_for_end();
    expect_events({"up", "a: 1"});
}

TEST_F(subscriber_dialogue, may_be_stopped_from_inside_up)
{
    when_up = [this] { it->stop(); };
    start(server.where(), {"a"});
    fake_link peer = server.greet();
    run([this] { it->want("b"); }); // more to say behind
    peer.send(confirmations("SUBSCRIBE a"));
    peer.wait_for_end();
    expect_events({"up"});
    EXPECT_FALSE(complete());
}

TEST_F(subscriber_dialogue, may_be_stopped_from_inside_a_refusal)
{
    when_refused = [this] { it->stop(); };
    start(server.where(), {"a"});
    fake_link peer = server.greet();
    peer.next();
    peer.send("-NOPERM\r\n+more\r\n");
    peer.wait_for_end();
    expect_events({"refused a: NOPERM"});
}

TEST_F(subscriber_dialogue, may_be_stopped_from_inside_down)
{
    when_down = [this] { it->stop(); };
    fake_link peer = start_with({"a"});
    peer.finish();
    expect_events({"up", "down closed by the server"});
}

TEST_F(subscriber_dialogue, may_be_stopped_with_changes_not_said_yet)
{
    fake_link peer = start_with({});
    run([this] {
        it->want("a");
        it->stop();
        it->want("b");
        it->unwant("a");
    });
    peer.wait_for_end();
    expect_events({"up"});
}

TEST_F(subscriber_dialogue, may_leave_its_server_from_inside_what_it_tells)
{
    when_message = [this] { it->reconnect("enough"); };
    fake_link peer = start_with({"a"});
    const std::string message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n";
    peer.send(message + message);
    expect_event(2, "down enough");
    fake_link again = server.greet();
    EXPECT_EQ(again.next(), "SUBSCRIBE a");
    again.send(confirmations("SUBSCRIBE a"));
    expect_up(3);
    EXPECT_TRUE(complete());
}

} // namespace
} // namespace cresset::redis
