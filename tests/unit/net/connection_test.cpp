#include "connection_fixture.hpp"

#include <chrono>
#include <memory>
#include <numeric>
#include <string>

namespace cresset::net {
namespace {

using namespace std::chrono_literals;
using connection_open = connection_fixture;

std::string numbered_lines(int count)
{
    std::string all;
    for (int i = 0; i < count; ++i)
        all += std::to_string(i) + '\n';
    return all;
}

TEST_F(connection_open, gives_its_handler_what_comes)
{
    recording_handler& h = handler();
    auto client = connect(h);
    ASSERT_TRUE(client.send("hello "));
    h.events.wait_for(1);
    ASSERT_TRUE(client.send("world"));
    h.events.wait_for(2);
    run([&] { EXPECT_EQ(h.received, "hello world"); });
}

TEST_F(connection_open, lets_its_handler_change_the_bytes_and_read_behind_them)
{
    recording_handler& h = handler();
    unsigned sum = 0;
    h.data = [&sum](std::span<char> bytes) {
        for (char& c : bytes)
            c = static_cast<char>(c ^ 0x55);
        const char* const end = bytes.data() + bytes.size();
        sum = std::accumulate(end, end + receive_padding, 0u); // the sanitizer looks
    };
    auto client = connect(h);
    ASSERT_TRUE(client.send(std::string(1'000'000, 'x'))); // fills the buffer to its end
    std::size_t seen = 0;
    while (run([&] { return h.received.size(); }) < 1'000'000)
        seen = h.events.wait_for(seen + 1).size();
    run([&] { EXPECT_EQ(h.received, std::string(1'000'000, 'x')); });
}

TEST_F(connection_open, sends_everything_in_order)
{
    recording_handler& h = handler();
    auto client = connect(h);
    const std::string expected = numbered_lines(5000);
    run([&] {
        for (int i = 0; i < 5000; ++i)
            ours->send(segment::copy_of(std::to_string(i) + '\n'));
        EXPECT_EQ(ours->queued_bytes(), expected.size()); // nothing leaves before the turn's end
    });
    EXPECT_EQ(client.receive(expected.size()), expected);
    thread.settle();
    run([&] { EXPECT_EQ(ours->queued_bytes(), 0u); });
}

TEST_F(connection_open, answers_from_inside_on_data)
{
    recording_handler& h = handler();
    h.data = [&](std::span<char> bytes) {
        ours->send(segment::copy_of({bytes.data(), bytes.size()}));
    };
    auto client = connect(h);
    for (int i = 0; i < 100; ++i) {
        const std::string sent = "message " + std::to_string(i);
        ASSERT_TRUE(client.send(sent));
        ASSERT_EQ(client.receive(sent.size()), sent);
    }
}

TEST_F(connection_open, keeps_what_the_peer_does_not_take_and_sends_it_later)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    const std::string expected = numbered_lines(1'000'000); // more than a kernel buffers
    run([&] {
        for (std::size_t at = 0; at < expected.size(); at += 10'000)
            ours->send(segment::copy_of(std::string_view(expected).substr(at, 10'000)));
    });
    thread.settle();
    run([&] {
        EXPECT_GT(ours->queued_bytes(), 0u);
        EXPECT_TRUE(ours->open());
        ours->send(segment::copy_of("end")); // behind what waits
    });
    EXPECT_EQ(client.receive(expected.size()), expected);
    EXPECT_EQ(client.receive(3), "end");
    thread.settle();
    run([&] { EXPECT_EQ(ours->queued_bytes(), 0u); });
}

TEST_F(connection_open, keeps_the_order_of_many_small_segments_among_large_ones)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    const std::string expected = numbered_lines(1'000'000);
    run([&] {
        int sent = 0;
        for (std::size_t at = 0; at < expected.size();) {
            const std::size_t size = ++sent % 1'000 == 0 ? 100'000 : 101;
            ours->send(segment::copy_of(std::string_view(expected).substr(at, size)));
            at += size;
        }
    });
    EXPECT_TRUE(client.receive(expected.size()) == expected); // too long to be shown
    thread.settle();
    run([&] { EXPECT_EQ(ours->queued_bytes(), 0u); });
}

TEST_F(connection_open, reads_while_the_peer_does_not)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    run([&] { ours->send(segment::copy_of(std::string(8'000'000, 'x'))); });
    ASSERT_TRUE(client.send("still here"));
    EXPECT_EQ(h.events.wait_for(1), event_names{"data"});
}

TEST_F(connection_open, reads_nothing_while_paused_until_drained)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    run([&] {
        ours->send(segment::copy_of(std::string(8'000'000, 'x')));
        ours->pause_until_drained();
    });
    ASSERT_TRUE(client.send("later"));
    thread.settle();
    EXPECT_EQ(h.events.now(), event_names{});
    EXPECT_EQ(client.receive(8'000'000).size(), 8'000'000u);
    EXPECT_EQ(h.events.wait_for(2), (event_names{"drained", "data"}));
}

TEST_F(connection_open, may_be_paused_again_when_drained)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    int rounds = 0;
    h.drained = [&] {
        if (++rounds == 3)
            return;
        ours->send(segment::copy_of(std::string(10'000, 'y')));
        ours->pause_until_drained();
    };
    run([&] {
        ours->send(segment::copy_of(std::string(8'000'000, 'x')));
        ours->pause_until_drained();
    });
    ASSERT_TRUE(client.send("later"));
    EXPECT_EQ(client.receive(8'020'000).size(), 8'020'000u);
    EXPECT_EQ(h.events.wait_for(4), (event_names{"drained", "drained", "drained", "data"}));
}

TEST_F(connection_open, does_not_pause_for_an_empty_queue)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] { ours->pause_until_drained(); });
    ASSERT_TRUE(client.send("hello"));
    EXPECT_EQ(h.events.wait_for(1), event_names{"data"});
}

TEST_F(connection_open, reads_nothing_between_pause_and_resume)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] { ours->pause(); });
    ASSERT_TRUE(client.send("later"));
    client.finish();
    run([&] { ours->send(segment::copy_of("still sends")); });
    EXPECT_EQ(client.receive(11), "still sends");
    thread.settle();
    EXPECT_EQ(h.events.now(), event_names{});
    run([&] { ours->resume(); });
    EXPECT_EQ(h.events.wait_for(3), (event_names{"data", "peer_finished", "closed"}));
}

TEST_F(connection_open, resumes_when_it_is_also_drained)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    run([&] {
        ours->send(segment::copy_of(std::string(8'000'000, 'x')));
        ours->pause_until_drained();
        ours->pause();
        ours->resume();
    });
    ASSERT_TRUE(client.send("later"));
    thread.settle();
    EXPECT_EQ(h.events.now(), event_names{});
    run([&] { ours->pause(); });
    EXPECT_EQ(client.receive(8'000'000).size(), 8'000'000u);
    EXPECT_EQ(h.events.wait_for(1), event_names{"drained"});
    thread.settle();
    EXPECT_EQ(h.events.now(), event_names{"drained"});
    run([&] { ours->resume(); });
    EXPECT_EQ(h.events.wait_for(2), (event_names{"drained", "data"}));
}

TEST_F(connection_open, ends_in_good_order_while_paused)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] { ours->pause(); });
    ASSERT_TRUE(client.send("not read"));
    run([&] {
        ours->send(segment::copy_of("bye"));
        ours->finish();
    });
    EXPECT_EQ(client.receive_all(), "bye");
    client.finish();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

TEST_F(connection_open, tells_of_its_deadline_once_and_not_early)
{
    recording_handler& h = handler();
    auto client = connect(h);
    const auto begin = std::chrono::steady_clock::now();
    run([&] { ours->set_deadline(30ms); });
    EXPECT_EQ(h.events.wait_for(1), event_names{"deadline"});
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 29ms);
    run([&] {
        EXPECT_FALSE(ours->armed());
        EXPECT_TRUE(ours->open());
    });
}

TEST_F(connection_open, has_one_deadline_the_last_one_set)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] {
        ours->set_deadline(1ms);
        ours->set_deadline(1h);
        ours->set_deadline(20ms);
    });
    EXPECT_EQ(h.events.wait_for(1), event_names{"deadline"});
    run([&] {
        ours->set_deadline(1ms);
        ours->clear_deadline();
        EXPECT_FALSE(ours->armed());
    });
}

TEST_F(connection_open, turns_to_the_handler_set_in_on_data)
{
    recording_handler& first = handler();
    recording_handler& second = handler();
    first.data = [&](std::span<char>) { ours->set_handler(second); };
    auto client = connect(first);
    ASSERT_TRUE(client.send("one"));
    EXPECT_EQ(first.events.wait_for(1), event_names{"data"});
    ASSERT_TRUE(client.send("two"));
    second.events.wait_for(1);
    client.close();
    EXPECT_EQ(second.events.wait_for(3), (event_names{"data", "peer_finished", "closed"}));
    EXPECT_EQ(first.events.now(), event_names{"data"});
    EXPECT_EQ(second.received, "two");
}

// As an HTTP session does, which is over once the connection is a WebSocket.
TEST_F(connection_open, never_touches_a_handler_again_that_went_in_on_data)
{
    recording_handler& first = handler();
    struct leaving final : connection::handler
    {
        void on_data(std::span<char>) override { leave(); }
        void on_deadline() override {}
        void on_closed() override {}
        std::function<void()> leave;
    };
    recording_handler& second = handler();
    auto* const going = new leaving;
    going->leave = [&, going] {
        connection& c = *ours;
        c.set_handler(second);
        const auto gone = std::unique_ptr<leaving>(going);
        const auto keep = std::move(gone->leave); // this very function
        c.send(segment::copy_of("switched"));
    };
    auto client = connect(first);
    run([&] { ours->set_handler(*going); });
    ASSERT_TRUE(client.send("upgrade"));
    EXPECT_EQ(client.receive(8), "switched");
    ASSERT_TRUE(client.send("frame"));
    EXPECT_EQ(second.events.wait_for(1), event_names{"data"});
}

} // namespace
} // namespace cresset::net
