#pragma once

#include "redis/link.hpp"
#include "support/loop_thread.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cresset::redis {

// Servers that the test can change; none while it is empty.
class changing_servers final : public server_finder
{
public:
    std::optional<address> next() override
    {
        ++asked;
        return now;
    }

    std::optional<address> now;
    int asked = 0;
};

// Something with a link in a loop that has a thread, and what it tells, in order. It is made by
// the test, on that thread: see run.
template <typename Subject>
struct loop_fixture : testing::Test
{
    loop_fixture() { thread.start(); }
    ~loop_fixture() override { thread.stop(); }

    // Before the destructors, which change what the thread calls.
    void TearDown() override { end(); }

    void end()
    {
        thread.run([this] {
            if (it)
                it->stop();
        });
        thread.settle();
        thread.run([this] { it = nullptr; });
        EXPECT_EQ(connections.size(), 0u);
    }

    void use_tls(const std::string& ca_file)
    {
        tls.emplace(net::tls_client_options{ca_file, {}, {}});
        settings.tls = &*tls;
    }

    template <typename Function>
    auto run(Function f)
    {
        return thread.run(std::move(f));
    }

    std::string event(std::size_t place)
    {
        const auto all = events.wait_for(place + 1);
        return place < all.size() ? all[place] : "nothing";
    }

    void expect_event(std::size_t place, const std::string& what) { EXPECT_EQ(event(place), what); }
    void expect_up(std::size_t place = 0) { expect_event(place, "up"); }

    // Waits for the next event of the sort, from `place` on; returns its place.
    std::size_t find_event(const std::string& beginning, std::size_t place = 0)
    {
        for (;; ++place) {
            const auto all = events.wait_for(place + 1);
            if (all.size() <= place) {
                ADD_FAILURE() << "no " << beginning;
                return place;
            }
            if (all[place].starts_with(beginning))
                return place;
        }
    }

    void expect_events(const std::vector<std::string>& all)
    {
        thread.settle();
        EXPECT_EQ(events.wait_for(all.size()), all);
    }

    void expect_nothing_more()
    {
        const std::size_t before = events.now().size();
        thread.settle();
        EXPECT_EQ(events.now().size(), before) << events.now().back();
    }

    tests::collected<std::string> events;
    tests::loop_thread thread;
    net::connection_set connections{thread.loop()};
    std::optional<net::tls_client_context> tls;
    link_settings settings;
    changing_servers servers;
    std::unique_ptr<Subject> it;
};

} // namespace cresset::redis
