#include "connection_fixture.hpp"

#include <chrono>
#include <string>

namespace cresset::net {
namespace {

using namespace std::chrono_literals;
using connection_ending = connection_fixture;

TEST_F(connection_ending, sends_all_that_is_queued_before_it_finishes)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    const std::string large(8'000'000, 'x');
    run([&] {
        ours->send(segment::copy_of(large));
        ours->finish();
        EXPECT_FALSE(ours->open());
        ours->send(segment::copy_of("too late"));
    });
    EXPECT_EQ(client.receive_all(), large);
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(h.events.now(), event_names{}); // it waits for the peer
    client.close();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(size(), 0u);
}

TEST_F(connection_ending, finishes_at_once_with_nothing_to_send)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] { ours->finish(); });
    EXPECT_EQ(client.receive_all(), "");
    EXPECT_EQ(client.end(), "finished");
    client.finish();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

TEST_F(connection_ending, tells_its_handler_of_no_data_while_finishing)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] { ours->finish(); });
    ASSERT_TRUE(client.send("late"));
    client.finish();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

// What the peer sent meanwhile has to be read: closing a socket with unread bytes resets it, and
// what the peer has not taken yet is lost.
TEST_F(connection_ending, loses_nothing_however_much_the_peer_has_sent)
{
    recording_handler& h = handler();
    const std::string answer(1'000'000, 'a');
    h.data = [&](std::span<char>) {
        ours->send(segment::copy_of(answer));
        ours->finish();
    };
    tests::tcp_pair pair = tests::connect_over_tcp(4096);
    ASSERT_TRUE(pair.client.send(std::string(500'000, 'q'))); // many reads' worth, and the end
    pair.client.finish();
    run([&] { ours = &set.adopt(pair.server.release(), h); });
    h.events.wait_for(1);
    thread.settle();
    EXPECT_EQ(pair.client.receive_all().size(), answer.size());
    EXPECT_EQ(pair.client.end(), "finished");
    EXPECT_EQ(h.events.wait_for(2), (event_names{"data", "closed"}));
}

TEST_F(connection_ending, loses_nothing_when_the_peer_finishes_after_us)
{
    recording_handler& h = handler();
    const std::string answer(1'000'000, 'a');
    auto client = connect(h, nullptr, 4096);
    run([&] {
        ours->send(segment::copy_of(answer));
        ours->finish();
    });
    // In one turn, so that the bytes and the end are seen together.
    run([&] {
        ASSERT_TRUE(client.send(std::string(200'000, 'q')));
        client.finish();
    });
    thread.settle();
    EXPECT_EQ(client.receive_all().size(), answer.size());
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

TEST_F(connection_ending, finishes_when_the_peer_does)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    run([&] { ours->send(segment::copy_of(std::string(8'000'000, 'x'))); });
    ASSERT_TRUE(client.send("last words"));
    client.finish();
    EXPECT_EQ(h.events.wait_for(2), (event_names{"data", "peer_finished"}));
    EXPECT_EQ(client.receive_all().size(), 8'000'000u);
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(h.events.wait_for(3), (event_names{"data", "peer_finished", "closed"}));
}

TEST_F(connection_ending, cannot_be_answered_once_the_peer_has_finished)
{
    recording_handler& h = handler();
    h.peer_finished = [&] {
        EXPECT_FALSE(ours->open());
        ours->send(segment::copy_of("too late"));
        ours->finish();
        ours->set_deadline(1ms);
        ours->pause_until_drained();
    };
    auto client = connect(h);
    client.finish();
    EXPECT_EQ(client.receive_all(), "");
    EXPECT_EQ(h.events.wait_for(2), (event_names{"peer_finished", "closed"}));
}

TEST_F(connection_ending, may_be_closed_in_on_peer_finished)
{
    recording_handler& h = handler();
    h.peer_finished = [&] { ours->close(); };
    auto client = connect(h, nullptr, 4096);
    run([&] { ours->send(segment::copy_of(std::string(8'000'000, 'x'))); });
    client.finish();
    EXPECT_EQ(h.events.wait_for(2), (event_names{"peer_finished", "closed"}));
}

TEST_F(connection_ending, is_over_when_the_peer_resets)
{
    recording_handler& h = handler();
    auto client = connect(h);
    client.reset();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(size(), 0u);
}

TEST_F(connection_ending, is_over_when_the_peer_resets_with_bytes_queued)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    run([&] { ours->send(segment::copy_of(std::string(8'000'000, 'x'))); });
    client.reset();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

TEST_F(connection_ending, is_over_when_the_peer_resets_while_paused)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    run([&] {
        ours->send(segment::copy_of(std::string(8'000'000, 'x')));
        ours->pause_until_drained();
    });
    client.reset();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

TEST_F(connection_ending, is_over_when_the_peer_resets_while_finishing)
{
    recording_handler& h = handler();
    auto client = connect(h, nullptr, 4096);
    run([&] {
        ours->send(segment::copy_of(std::string(8'000'000, 'x')));
        ours->finish();
    });
    client.reset();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

TEST_F(connection_ending, closes_at_once_and_tells_at_the_end_of_the_turn)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] {
        ours->send(segment::copy_of("lost"));
        ours->close();
        ours->close();
        ours->finish();
        ours->send(segment::copy_of("lost too"));
        ours->set_deadline(1ms);
        EXPECT_FALSE(ours->open());
        EXPECT_FALSE(ours->armed());
        EXPECT_EQ(ours->queued_bytes(), 0u);
        EXPECT_EQ(h.events.now(), event_names{});
    });
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(client.receive_all(), "");
    EXPECT_EQ(client.end(), "finished");
    EXPECT_EQ(size(), 0u);
}

TEST_F(connection_ending, may_be_closed_in_on_data)
{
    recording_handler& h = handler();
    h.data = [&](std::span<char>) {
        ours->send(segment::copy_of("lost"));
        ours->close();
    };
    auto client = connect(h);
    ASSERT_TRUE(client.send("one"));
    EXPECT_EQ(h.events.wait_for(2), (event_names{"data", "closed"}));
    EXPECT_EQ(client.receive_all(), "");
}

TEST_F(connection_ending, may_be_closed_on_its_deadline)
{
    recording_handler& h = handler();
    h.deadline = [&] { ours->close(); };
    auto client = connect(h);
    run([&] { ours->set_deadline(1ms); });
    EXPECT_EQ(h.events.wait_for(2), (event_names{"deadline", "closed"}));
}

TEST_F(connection_ending, may_be_closed_when_drained)
{
    recording_handler& h = handler();
    h.drained = [&] { ours->close(); };
    auto client = connect(h, nullptr, 4096);
    run([&] {
        ours->send(segment::copy_of(std::string(8'000'000, 'x')));
        ours->pause_until_drained();
    });
    EXPECT_EQ(client.receive_all().size(), 8'000'000u);
    EXPECT_EQ(h.events.wait_for(2), (event_names{"drained", "closed"}));
}

TEST_F(connection_ending, has_no_deadline_of_the_handler_once_it_finishes)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] {
        ours->set_deadline(1ms);
        ours->finish();
        ours->set_deadline(1ms);
        EXPECT_TRUE(ours->armed()); // to linger, and no longer
    });
    thread.settle();
    client.close();
    EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
}

// Else a peer that never finishes would be kept for ever.
TEST_F(connection_ending, lingers_no_longer_for_a_cleared_deadline)
{
    recording_handler& h = handler();
    auto client = connect(h);
    run([&] {
        ours->finish();
        ours->clear_deadline();
        EXPECT_TRUE(ours->armed());
    });
}

} // namespace
} // namespace cresset::net
