#include "loop_fixture.hpp"
#include "redis/publisher.hpp"
#include "support/fake_redis.hpp"
#include "support/redis_server.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace cresset::redis {
namespace {

using namespace std::chrono_literals;
using tests::fake_link;
using tests::fake_redis;
using tests::redis_client;
using tests::redis_server;
using accepted = publisher::accepted;

const char* text_of(publish_outcome outcome)
{
    switch (outcome) {
    case publish_outcome::taken:
        return "taken";
    case publish_outcome::refused:
        return "refused";
    case publish_outcome::dropped:
        return "dropped";
    case publish_outcome::unconfirmed:
        break;
    }
    return "unconfirmed";
}

// Events are "up", "down WHY", "refused ERROR", and what became of messages: "NAME taken".
struct publisher_in_loop : loop_fixture<publisher>, publisher::observer
{
    void make(const address& where, std::size_t queue_bytes_max = 1024 * 1024)
    {
        run([&] {
            servers.now = where;
            it =
                std::make_unique<publisher>(connections, settings, servers, *this, queue_bytes_max);
        });
    }

    void start(const address& where)
    {
        make(where);
        run([this] { it->start(); });
    }

    // One whose outcome is an event.
    accepted publish(const std::string& name, const std::string& channel = "c")
    {
        return it->publish(channel, name, [this, name](publish_outcome outcome) {
            events.add(name + ' ' + text_of(outcome));
        });
    }

    // Taken, refused, dropped, unconfirmed.
    void expect_counts(std::uint64_t t, std::uint64_t r, std::uint64_t d, std::uint64_t u)
    {
        const publisher::totals counts = it->counts();
        EXPECT_EQ(counts.taken, t);
        EXPECT_EQ(counts.refused, r);
        EXPECT_EQ(counts.dropped, d);
        EXPECT_EQ(counts.unconfirmed, u);
    }

    // All that there was is answered, or lost.
    void expect_idle()
    {
        EXPECT_TRUE(run([this] { return it->idle(); }));
        EXPECT_EQ(it->counts().queued_bytes, 0u);
    }

    void on_publisher_up() override
    {
        events.add("up");
        when_up();
    }
    void on_publisher_down(std::string_view why) override
    {
        events.add("down " + std::string(why));
        when_down();
    }
    void on_publish_refused(std::string_view error) override
    {
        events.add("refused " + std::string(error));
        when_refused();
    }

    std::function<void()> when_up = [] {};
    std::function<void()> when_down = [] {};
    std::function<void()> when_refused = [] {};
};

using publisher_to_redis = publisher_in_loop;
using publisher_to_a_fake = publisher_in_loop;
using publisher_queue = publisher_in_loop;
using publisher_stop = publisher_in_loop;

TEST_F(publisher_to_redis, publishes_in_order)
{
    const redis_server server;
    redis_client subscriber(server.port());
    subscriber.ask({"SUBSCRIBE", "c"});
    start(server.where());
    for (int i = 0; i < 5000; ++i)
        it->publish("c", std::to_string(i));
    publish("last");
    for (int i = 0; i < 5000; ++i)
        ASSERT_EQ(subscriber.next(), "[\"message\", \"c\", \"" + std::to_string(i) + "\"]");
    EXPECT_EQ(subscriber.next(), "[\"message\", \"c\", \"last\"]");
    find_event("last taken");
    expect_counts(5001, 0, 0, 0);
    expect_idle();
}

TEST_F(publisher_to_redis, publishes_any_bytes)
{
    const redis_server server;
    redis_client subscriber(server.port());
    const std::string channel("c\0\r\n ", 5);
    subscriber.ask({"SUBSCRIBE", channel});
    start(server.where());
    const std::string payload("\0\r\n$3\r\n\xff", 8);
    it->publish(channel, payload);
    it->publish(channel, "");
    EXPECT_EQ(subscriber.next(), "[\"message\", \"" + channel + "\", \"" + payload + "\"]");
    EXPECT_EQ(subscriber.next(), "[\"message\", \"" + channel + "\", \"\"]");
}

TEST_F(publisher_to_redis, says_whether_it_is_handed_on_or_waits)
{
    redis_server server;
    server.kill();
    start(server.where());
    EXPECT_FALSE(it->up());
    EXPECT_EQ(publish("early"), accepted::waiting);
    server.start();
    const std::size_t up = find_event("up");
    expect_event(up + 1, "early taken");
    EXPECT_TRUE(it->up());
    EXPECT_EQ(publish("late"), accepted::handed);
    expect_event(up + 2, "late taken");
    server.kill();
    find_event("down", up);
    EXPECT_FALSE(it->up());
    EXPECT_EQ(publish("too late"), accepted::waiting);
}

TEST_F(publisher_to_redis, keeps_the_order_of_each_thread)
{
    const redis_server server;
    redis_client subscriber(server.port());
    subscriber.ask({"PSUBSCRIBE", "c*"});
    start(server.where());
    constexpr int threads_max = 4;
    constexpr int messages_max = 2000;
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_max; ++t)
        threads.emplace_back([this, t] {
            for (int i = 0; i < messages_max; ++i)
                it->publish('c' + std::to_string(t), std::to_string(i));
        });
    std::map<char, int> next;
    for (int n = 0; n < threads_max * messages_max; ++n) {
        const std::string message = subscriber.next(); // ["pmessage", "c*", "c1", "17"]
        const char thread_number = message[21];
        ASSERT_EQ(message.substr(26), std::to_string(next[thread_number]++) + "\"]") << message;
    }
    for (std::thread& t : threads)
        t.join();
}

// Whatever happens to the link, each message is told of once, and what arrives is in order.
TEST_F(publisher_to_redis, loses_count_of_nothing_while_the_link_is_lost_again_and_again)
{
    redis_server server;
    redis_client subscriber(server.port());
    subscriber.ask({"PSUBSCRIBE", "c*"});
    start(server.where());
    constexpr int threads_max = 3;
    std::atomic<bool> enough = false;
    std::vector<int> published(threads_max);
    std::atomic<int> told = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < threads_max; ++t)
        threads.emplace_back([&, t] {
            while (!enough) {
                const int i = published[static_cast<std::size_t>(t)]++;
                it->publish('c' + std::to_string(t), std::to_string(i),
                            [&told](publish_outcome) { ++told; });
                if (i % 32 == 0) // so that the queue does not overflow
                    thread.run([] {});
            }
        });
    std::size_t seen = 0;
    for (int i = 0; i < 12; ++i) {
        seen = find_event("up", seen) + 1;
        server.cli({"CLIENT", "KILL", "TYPE", "normal"});
    }
    enough = true;
    for (std::thread& t : threads)
        t.join();
    publish("last", "c9");
    find_event("last taken", seen);
    int all = 0;
    for (const int n : published)
        all += n;
    EXPECT_EQ(told, all);
    const publisher::totals counts = it->counts();
    EXPECT_EQ(counts.taken + counts.refused + counts.dropped + counts.unconfirmed,
              static_cast<std::uint64_t>(all) + 1);
    expect_idle();
    std::map<char, int> next;
    for (std::uint64_t n = 1; n < counts.taken; ++n) {
        const std::string message = subscriber.next();
        const int number = std::stoi(message.substr(26));
        ASSERT_GE(number, next[message[21]]) << message;
        next[message[21]] = number + 1;
        if (message[21] == '9')
            break;
    }
}

TEST_F(publisher_to_redis, tells_of_the_first_refusal_of_a_link)
{
    redis_server server;
    server.cli({"ACL", "SETUSER", "app", "on", ">secret", "resetchannels", "&allowed", "+@all"});
    settings.user = "app";
    settings.password = "secret";
    start(server.where());
    publish("a", "forbidden");
    publish("b", "allowed");
    publish("c", "forbidden");
    publish("d", "allowed");
    expect_event(0, "up");
    expect_event(1, "a refused");
    EXPECT_TRUE(event(2).starts_with("refused NOPERM ")) << event(2);
    expect_event(3, "b taken");
    expect_event(4, "c refused");
    expect_event(5, "d taken");
    expect_counts(2, 2, 0, 0);
    server.cli({"CLIENT", "KILL", "TYPE", "normal"});
    const std::size_t up = find_event("up", 6);
    publish("e", "forbidden");
    expect_event(up + 1, "e refused");
    EXPECT_TRUE(event(up + 2).starts_with("refused NOPERM ")) << event(up + 2);
}

TEST_F(publisher_to_redis, asks_for_a_sign_of_life_between_messages)
{
    const redis_server server;
    redis_client monitor(server.port());
    monitor.ask({"MONITOR"});
    settings.silence_max = 1'400ms;
    start(server.where());
    publish("before");
    for (int pings = 0; pings < 3;) // one of the greeting
        pings += monitor.next().find("\"PING\"") != std::string::npos ? 1 : 0;
    publish("after");
    expect_events({"up", "before taken", "after taken"});
    expect_idle();
}

// --- a server of the test's own ---

TEST_F(publisher_to_a_fake, has_no_more_under_way_than_its_window)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    const std::string payload(10'000, 'x');
    constexpr std::size_t window = 26; // the first 27 * 10 kB that reach 256 KiB
    for (int i = 0; i < 100; ++i)
        it->publish("c", payload);
    EXPECT_GE(it->counts().queued_bytes, 100 * payload.size());
    thread.settle();
    for (std::size_t i = 0; i <= window; ++i)
        ASSERT_EQ(peer.next(), "PUBLISH c " + payload);
    EXPECT_TRUE(peer.quiet());
    EXPECT_FALSE(run([this] { return it->idle(); }));
    for (int i = 0; i < 100; ++i)
        peer.send(":0\r\n");
    for (std::size_t i = window + 1; i < 100; ++i)
        ASSERT_EQ(peer.next(), "PUBLISH c " + payload);
    publish("last");
    EXPECT_EQ(peer.next(), "PUBLISH c last");
    peer.send(":0\r\n");
    expect_event(1, "last taken");
    expect_counts(101, 0, 0, 0);
    expect_idle();
}

TEST_F(publisher_to_a_fake, gives_no_more_to_a_server_that_answers_nothing)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    publish("a");
    EXPECT_EQ(peer.next(), "PUBLISH c a");
    EXPECT_EQ(peer.next(), "PING"); // after a second
    publish("b");
    thread.settle();
    EXPECT_TRUE(peer.quiet());
    peer.send(":0\r\n+PONG\r\n");
    EXPECT_EQ(peer.next(), "PUBLISH c b");
    peer.send(":0\r\n");
    expect_events({"up", "a taken", "b taken"});
    expect_idle();
}

TEST_F(publisher_to_a_fake, sends_one_that_is_larger_than_its_window)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    const std::string large(500'000, 'x');
    it->publish("c", large);
    it->publish("c", "next");
    EXPECT_EQ(peer.next(), "PUBLISH c " + large);
    thread.settle();
    EXPECT_TRUE(peer.quiet());
    peer.send(":1\r\n");
    EXPECT_EQ(peer.next(), "PUBLISH c next");
}

TEST_F(publisher_to_a_fake, does_not_send_again_what_may_have_arrived)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    publish("a");
    publish("b");
    publish("c");
    peer.next();
    peer.next();
    peer.next();
    peer.send(":0\r\n:");
    expect_event(1, "a taken");
    peer.finish();
    expect_event(2, "b unconfirmed");
    expect_event(3, "c unconfirmed");
    expect_event(4, "down closed by the server");
    publish("d");
    fake_link again = server.greet();
    EXPECT_EQ(again.next(), "PUBLISH c d");
    again.send(":0\r\n");
    expect_up(5);
    expect_event(6, "d taken");
    expect_counts(2, 0, 0, 2);
    expect_idle();
}

TEST_F(publisher_to_a_fake, keeps_what_had_not_left_when_the_link_was_lost)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    const std::string large(300'000, 'x');
    it->publish("c", large);
    publish("kept");
    peer.next();
    peer.finish();
    find_event("down");
    expect_counts(0, 0, 0, 1);
    fake_link again = server.greet();
    EXPECT_EQ(again.next(), "PUBLISH c kept");
    again.send(":0\r\n");
    find_event("kept taken");
}

TEST_F(publisher_to_a_fake, leaves_a_server_that_answers_what_was_not_asked)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    peer.send(":1\r\n:2\r\n");
    expect_event(1, "down answers what was not asked");
    peer.wait_for_end();
    fake_link again = server.greet();
    expect_up(2);
    publish("a");
    again.next();
    again.send(":0\r\n:0\r\n");
    expect_event(3, "a taken");
    expect_event(4, "down answers what was not asked");
}

TEST_F(publisher_to_a_fake, leaves_a_server_that_takes_all_and_answers_nothing)
{
    fake_redis server;
    settings.silence_max = 300ms;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    publish("a");
    peer.next();
    expect_event(1, "a unconfirmed");
    EXPECT_TRUE(event(2).starts_with("down silent for ")) << event(2);
}

TEST_F(publisher_to_a_fake, does_not_take_the_sign_of_life_for_an_answer)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    EXPECT_EQ(peer.next(), "PING");
    publish("a");
    EXPECT_EQ(peer.next(), "PUBLISH c a");
    peer.send("-NOPERM no ping\r\n");
    peer.send(":0\r\n");
    expect_events({"up", "a taken"});
    expect_idle();
}

TEST_F(publisher_to_a_fake, holds_messages_back_when_it_is_told_to)
{
    fake_redis server;
    start(server.where());
    run([this] { it->hold(true); });
    fake_link peer = server.greet();
    expect_up();
    publish("a");
    publish("b");
    thread.settle();
    EXPECT_TRUE(peer.quiet());
    EXPECT_FALSE(run([this] { return it->idle(); }));
    run([this] { it->hold(false); });
    EXPECT_EQ(peer.next(), "PUBLISH c a");
    EXPECT_EQ(peer.next(), "PUBLISH c b");
    run([this] { it->hold(true); });
    peer.send(":0\r\n:0\r\n");
    find_event("b taken");
    publish("c");
    thread.settle();
    EXPECT_TRUE(peer.quiet());
    run([this] { it->hold(false); });
    EXPECT_EQ(peer.next(), "PUBLISH c c");
}

TEST_F(publisher_to_a_fake, takes_messages_from_inside_what_it_tells)
{
    fake_redis server;
    when_up = [this] { publish("from up"); };
    start(server.where());
    fake_link peer = server.greet();
    EXPECT_EQ(peer.next(), "PUBLISH c from up");
    run([this] { it->publish("c", "a", [this](publish_outcome) { publish("from done"); }); });
    EXPECT_EQ(peer.next(), "PUBLISH c a");
    peer.send(":0\r\n:0\r\n");
    EXPECT_EQ(peer.next(), "PUBLISH c from done");
    peer.finish();
    find_event("from done unconfirmed");
}

TEST_F(publisher_to_a_fake, may_leave_its_server_from_inside_what_it_tells)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    run([this] {
        it->publish("c", "a", [this](publish_outcome) { it->reconnect("so"); });
        publish("b");
    });
    peer.next();
    peer.next();
    peer.send("-ERR no\r\n:0\r\n");
    expect_event(1, "b unconfirmed");
    expect_event(2, "down so");
    fake_link again = server.greet();
    expect_up(3);
}

// --- the queue ---

TEST_F(publisher_queue, lets_the_oldest_give_way)
{
    fake_redis server;
    make(server.where(), 1'000);
    const std::size_t size = make_command({"PUBLISH", "c", "00"}).size();
    const std::size_t fit = 1'000 / size;
    for (int i = 10; i < 10 + 40; ++i)
        EXPECT_EQ(publish(std::to_string(i)), accepted::waiting);
    EXPECT_EQ(it->counts().queued_bytes, fit * size);
    std::vector<std::string> expected;
    for (std::size_t i = 10; i < 10 + 40 - fit; ++i)
        expected.push_back(std::to_string(i) + " dropped");
    expect_events(expected);
    expect_counts(0, 0, 40 - fit, 0);
    run([this] { it->start(); });
    fake_link peer = server.greet();
    for (std::size_t i = 10 + 40 - fit; i < 10 + 40; ++i)
        ASSERT_EQ(peer.next(), "PUBLISH c " + std::to_string(i));
}

TEST_F(publisher_queue, makes_room_for_one_large_message)
{
    fake_redis server;
    make(server.where(), 1'000);
    for (int i = 0; i < 10; ++i)
        publish(std::to_string(i));
    const std::size_t overhead = make_command({"PUBLISH", "c", std::string(900, 'x')}).size() - 900;
    const std::string large(1'000 - overhead, 'x');
    EXPECT_EQ(it->publish("c", large), accepted::waiting);
    EXPECT_EQ(it->counts().queued_bytes, 1'000u);
    EXPECT_EQ(events.wait_for(10).size(), 10u);
    expect_event(9, "9 dropped");
    EXPECT_EQ(publish(large + 'x'), accepted::lost);
    EXPECT_EQ(publish(std::string(1'000'000, 'x')), accepted::lost);
    EXPECT_EQ(it->counts().queued_bytes, 1'000u);
    expect_nothing_more(); // what is lost at once is not told later
    expect_counts(0, 0, 12, 0);
}

TEST_F(publisher_queue, counts_no_message_that_is_the_callers_own_business)
{
    fake_redis server;
    make(server.where(), 80); // two of the short ones
    const auto own = [this](const std::string& payload) {
        return it->publish(
            "c", payload, [this](publish_outcome o) { events.add(text_of(o)); }, false);
    };
    EXPECT_EQ(own(std::string(200, 'x')), accepted::lost);
    EXPECT_EQ(own(std::string(70, 'x')), accepted::lost);
    EXPECT_EQ(own("a"), accepted::waiting);
    EXPECT_EQ(own("b"), accepted::waiting);
    EXPECT_EQ(own("c"), accepted::waiting);
    expect_event(0, "dropped");
    run([this] { it->start(); });
    fake_link peer = server.greet();
    peer.next();
    peer.next();
    peer.send(":0\r\n");
    find_event("taken");
    peer.finish();
    find_event("unconfirmed");
    own("d");
    run([this] { it->stop(); });
    EXPECT_EQ(events.now().back(), "dropped");
    expect_counts(0, 0, 0, 0);
}

TEST_F(publisher_queue, is_bounded_while_many_threads_fill_it)
{
    fake_redis server;
    make(server.where(), 10'000);
    std::atomic<int> told = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 5000; ++i) {
                it->publish("c", "x", [&told](publish_outcome) { ++told; });
                EXPECT_LE(it->counts().queued_bytes, 10'000u);
            }
        });
    for (std::thread& t : threads)
        t.join();
    thread.settle();
    EXPECT_EQ(static_cast<std::uint64_t>(told), it->counts().dropped);
    run([this] { it->stop(); });
    thread.settle();
    EXPECT_EQ(told, 20'000);
    expect_counts(0, 0, 20'000, 0);
}

// --- stopping ---

TEST_F(publisher_stop, tells_of_all_that_is_left)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    publish("under way");
    peer.next();
    run([this] {
        it->hold(true);
        publish("waits");
        it->stop();
    });
    expect_events({"up", "under way unconfirmed", "waits dropped"});
    expect_counts(0, 0, 1, 1);
    EXPECT_FALSE(it->up());
    expect_idle();
}

TEST_F(publisher_stop, takes_no_message_afterwards)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    run([this] { it->stop(); });
    EXPECT_EQ(publish("late"), accepted::lost);
    expect_counts(0, 0, 1, 0);
    expect_idle();
    expect_events({"up"});
}

// The task that a publishing thread posts must not outlive the publisher.
TEST_F(publisher_stop, may_come_while_other_threads_publish)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    std::atomic<bool> enough = false;
    std::vector<std::thread> threads;
    std::atomic<int> taken = 0;
    std::atomic<int> told = 0;
    for (int t = 0; t < 3; ++t)
        threads.emplace_back([&] {
            while (!enough)
                if (it->publish("c", "x", [&told](publish_outcome) { ++told; }) != accepted::lost)
                    ++taken;
        });
    run([this] { it->stop(); });
    thread.settle();
    enough = true;
    for (std::thread& t : threads)
        t.join();
    run([this] { it = nullptr; });
    thread.settle();
    EXPECT_EQ(told, taken);
}

TEST_F(publisher_stop, may_come_from_inside_what_became_of_a_message)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    run([this] {
        it->publish("c", "a", [this](publish_outcome) {
            events.add("stopping");
            it->stop();
        });
        publish("b");
    });
    peer.next();
    peer.next();
    peer.send("-ERR no\r\n:0\r\n");
    peer.wait_for_end();
    expect_events({"up", "stopping", "b unconfirmed"});
}

TEST_F(publisher_stop, may_come_from_inside_what_a_lost_link_means)
{
    fake_redis server;
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    run([this] {
        it->publish("c", "a", [this](publish_outcome) { it->stop(); });
        publish("b");
    });
    peer.next();
    peer.finish();
    expect_event(1, "b unconfirmed");
    expect_events({"up", "b unconfirmed"});
}

TEST_F(publisher_stop, may_come_from_inside_up)
{
    fake_redis server;
    when_up = [this] { it->stop(); };
    make(server.where());
    publish("a");
    run([this] { it->start(); });
    fake_link peer = server.greet();
    peer.wait_for_end();
    expect_events({"up", "a dropped"});
    expect_idle();
}

TEST_F(publisher_stop, may_come_from_inside_a_refusal)
{
    fake_redis server;
    when_refused = [this] { it->stop(); };
    start(server.where());
    fake_link peer = server.greet();
    expect_up();
    publish("a");
    publish("b");
    peer.next();
    peer.next();
    peer.send("-ERR no\r\n-ERR no\r\n");
    peer.wait_for_end();
    expect_events({"up", "a refused", "refused ERR no", "b unconfirmed"});
}

TEST_F(publisher_stop, may_come_from_inside_down)
{
    fake_redis server;
    when_down = [this] { it->stop(); };
    start(server.where());
    server.greet().finish();
    expect_event(1, "down closed by the server");
    publish("a");
    thread.settle();
    expect_idle();
}

} // namespace
} // namespace cresset::redis
