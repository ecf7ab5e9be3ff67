#include "connection_fixture.hpp"

#include <array>
#include <deque>
#include <fcntl.h>
#include <string>
#include <sys/mman.h>
#include <system_error>

namespace cresset::net {
namespace {

struct connection_set_fixture : connection_fixture
{
    static constexpr std::size_t count = 3;

    connection_set_fixture()
    {
        for (std::size_t i = 0; i < count; ++i)
            clients.push_back(connect(handler(), &all[i]));
    }
    ~connection_set_fixture() override { thread.stop(); }

    std::array<connection*, count> all{};
    std::deque<tests::peer_socket> clients;
};

using connection_set_of_three = connection_set_fixture;

TEST_F(connection_set_of_three, counts_its_connections)
{
    EXPECT_EQ(size(), 3u);
    clients[1].close();
    EXPECT_EQ(handlers[1].events.wait_for(2), (event_names{"peer_finished", "closed"}));
    EXPECT_EQ(size(), 2u);
}

TEST_F(connection_set_of_three, closes_all)
{
    run([this] { set.close_all(); });
    for (auto& h : handlers)
        EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(size(), 0u);
}

TEST_F(connection_set_of_three, closes_all_that_are_left_when_it_goes)
{
    recording_handler& h = handler();
    {
        event_loop loop;
        connection_set going(loop);
        tests::tcp_pair pair = tests::connect_over_tcp();
        going.adopt(pair.server.release(), h).send(segment::copy_of("queued"));
        EXPECT_EQ(h.events.now(), event_names{});
    }
    EXPECT_EQ(h.events.now(), event_names{"closed"});
}

TEST_F(connection_set_of_three, drops_what_is_sent_to_another_closed_in_the_same_turn)
{
    handlers[0].closed = [this] { all[1]->send(segment::copy_of("to one that is over")); };
    run([this] {
        all[0]->close();
        all[1]->close();
    });
    for (const std::size_t i : {0u, 1u})
        EXPECT_EQ(handlers[i].events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(size(), 1u);
}

TEST_F(connection_set_of_three, sends_what_the_end_of_another_causes)
{
    handlers[0].closed = [this] { all[2]->send(segment::copy_of("0 is over")); };
    run([this] { all[0]->close(); });
    EXPECT_EQ(clients[2].receive(9), "0 is over");
}

// The third is sent to, and waits to be flushed, when it is closed itself.
TEST_F(connection_set_of_three, forgets_one_that_was_sent_to_and_closed_by_the_ends_of_others)
{
    handlers[0].closed = [this] { all[2]->send(segment::copy_of("lost")); };
    handlers[1].closed = [this] { all[2]->close(); };
    run([this] {
        all[0]->close();
        all[1]->close();
    });
    for (auto& h : handlers)
        EXPECT_EQ(h.events.wait_for(1), event_names{"closed"});
    thread.settle(); // would flush it
    EXPECT_EQ(size(), 0u);
    EXPECT_EQ(clients[2].receive_all(), "");
}

TEST_F(connection_set_of_three, forgets_one_that_was_sent_to_and_closed_in_its_turn)
{
    run([this] {
        all[0]->send(segment::copy_of("lost"));
        all[1]->send(segment::copy_of("kept"));
        all[0]->close();
    });
    EXPECT_EQ(handlers[0].events.wait_for(1), event_names{"closed"});
    EXPECT_EQ(clients[1].receive(4), "kept");
    EXPECT_EQ(clients[0].receive_all(), "");
}

// Counts the ends of turns. Each goes on to the next, which sees what the sockets have to say.
struct turn_counter final : turn_end
{
    bool on_turn_end() override
    {
        ++turns;
        return false;
    }
    int turns = 0;
};

// It waits to be flushed when the kernel takes more again, and both tell its handler: it must not
// be in the list twice then, or the second entry would outlive it.
TEST_F(connection_set_of_three, flushes_each_once_at_the_end_of_a_turn)
{
    turn_counter counter;
    std::string received;
    std::vector<int> told_in;
    connection& c = *all[0];
    const std::string much(64 * 1024, 'x');
    const auto read_what_came = [&] {
        std::array<char, 64 * 1024> bytes;
        for (ssize_t got;
             (got = ::recv(clients[0].get(), bytes.data(), bytes.size(), MSG_DONTWAIT)) > 0;)
            received.append(bytes.data(), static_cast<std::size_t>(got));
    };
    handlers[0].drained = [&] {
        told_in.push_back(counter.turns);
        if (told_in.size() == 1) {
            c.send(segment::copy_of("in the list"));
            while (!c.blocked())
                c.send(segment::copy_of(much));
            read_what_came(); // so that the next write empties the queue
        }
        if (told_in.size() == 4) {
            c.close();
            return;
        }
        c.send(segment::copy_of("."));
        c.tell_when_drained();
    };
    run([&] {
        thread.loop().add(counter);
        c.tell_when_drained();
    });
    handlers[0].events.wait_for(5);
    thread.stop(); // which the counter must outlive
    ASSERT_EQ(told_in.size(), 4u);
    EXPECT_EQ(told_in[1], told_in[0] + 1); // by the kernel, in the list still
    EXPECT_EQ(told_in[2], told_in[1]);     // at the end of that turn
    EXPECT_GT(told_in[3], told_in[2]);     // what that sent is for another
}

TEST_F(connection_set_of_three, closes_others_in_on_data)
{
    handlers[0].data = [this](std::span<char>) {
        all[1]->close();
        all[2]->close();
    };
    // All readable in one turn: the events of the closed ones come after their end.
    run([this] {
        for (auto& client : clients)
            ASSERT_TRUE(client.send("x"));
    });
    for (const std::size_t i : {1u, 2u})
        EXPECT_EQ(handlers[i].events.wait_for(1).back(), "closed");
    EXPECT_EQ(size(), 1u);
}

TEST_F(connection_set_of_three, adopts_another_in_on_closed)
{
    recording_handler& h = handler();
    tests::tcp_pair pair = tests::connect_over_tcp();
    handlers[0].closed = [&] { ours = &set.adopt(pair.server.release(), h); };
    run([this] { all[0]->close(); });
    handlers[0].events.wait_for(1);
    ASSERT_TRUE(pair.client.send("hello"));
    EXPECT_EQ(h.events.wait_for(1), event_names{"data"});
    EXPECT_EQ(size(), 3u);
    run([&] { ours->close(); });
    h.events.wait_for(2);
}

TEST_F(connection_set_of_three, uses_the_place_of_one_that_is_over)
{
    for (int i = 0; i < 300; ++i) {
        recording_handler& h = handler();
        auto client = connect(h);
        ASSERT_TRUE(client.send("x"));
        h.events.wait_for(1);
        client.close();
        ASSERT_EQ(h.events.wait_for(3), (event_names{"data", "peer_finished", "closed"}));
    }
    EXPECT_EQ(size(), 3u);
}

TEST_F(connection_set_of_three, refuses_what_cannot_be_watched_and_closes_it)
{
    recording_handler& h = handler();
    const int file = ::memfd_create("file", MFD_CLOEXEC); // always ready, so epoll takes none
    ASSERT_GE(file, 0);
    run([&] { EXPECT_THROW(set.adopt(file, h), std::system_error); });
    EXPECT_EQ(::fcntl(file, F_GETFD), -1);
    EXPECT_EQ(size(), 3u);
    EXPECT_EQ(h.events.now(), event_names{});
}

// Writes to a socket that is gone must raise no SIGPIPE, and end only that connection.
TEST_F(connection_set_of_three, survives_peers_that_go_while_it_sends)
{
    for (int round = 0; round < 20; ++round) {
        recording_handler& h = handler();
        auto client = connect(h);
        run([&] {
            client.reset();
            ours->send(segment::copy_of(std::string(100'000, 'x')));
        });
        ASSERT_EQ(h.events.wait_for(1), event_names{"closed"});
    }
    EXPECT_EQ(size(), 3u);
}

} // namespace
} // namespace cresset::net
