#pragma once

#include "net/connection_set.hpp"
#include "support/loop_thread.hpp"
#include "support/sockets.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

namespace cresset::net {

// Tells what a connection tells its handler; a test may hook in.
class recording_handler final : public connection::handler
{
public:
    std::function<void(std::span<char>)> data = [](std::span<char>) {};
    std::function<void()> deadline = [] {};
    std::function<void()> drained = [] {};
    std::function<void()> peer_finished = [] {};
    std::function<void()> closed = [] {};

    // "data", "deadline", "drained", "peer_finished", "closed", in order.
    tests::collected<std::string> events;
    std::string received; // the loop's until the connection is closed

private:
    void on_data(std::span<char> bytes) override
    {
        received.append(bytes.data(), bytes.size());
        data(bytes);
        events.add("data");
    }
    void on_deadline() override
    {
        deadline();
        events.add("deadline");
    }
    void on_drained() override
    {
        drained();
        events.add("drained");
    }
    void on_peer_finished() override
    {
        peer_finished();
        events.add("peer_finished");
    }
    void on_closed() override
    {
        closed();
        events.add("closed");
    }
};

using event_names = std::vector<std::string>;

// A loop with its connections on a thread. Connections must be used on that thread: see run.
struct connection_fixture : testing::Test
{
    connection_fixture() { thread.start(); }
    ~connection_fixture() override { thread.stop(); }

    // One that lives as long as the connections.
    recording_handler& handler() { return handlers.emplace_back(); }

    template <typename Function>
    auto run(Function f)
    {
        return thread.run(std::move(f));
    }

    // A connection with this handler; its far end is returned.
    tests::peer_socket connect(recording_handler& h, connection** made = nullptr,
                               int client_receive_bytes = 0)
    {
        tests::tcp_pair pair = tests::connect_over_tcp(client_receive_bytes);
        run([&] {
            connection& c = set.adopt(pair.server.release(), h);
            (made ? *made : ours) = &c;
        });
        return std::move(pair.client);
    }

    std::size_t size()
    {
        return run([this] { return set.size(); });
    }

    std::deque<recording_handler> handlers;
    tests::loop_thread thread;
    connection_set set{thread.loop()};
    connection* ours = nullptr; // the last one made
};

} // namespace cresset::net
