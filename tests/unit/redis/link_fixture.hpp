#pragma once

#include "redis/command.hpp"
#include "redis/link.hpp"
#include "support/loop_thread.hpp"
#include "support/reply_text.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace cresset::redis {

// Tells what a link tells its owner; a test may hook in.
class recording_owner final : public link::owner
{
public:
    std::function<void()> up = [] {};
    std::function<void(const reply&)> replied = [](const reply&) {};
    std::function<void()> down = [] {};
    std::function<void()> quiet = [] {};

    // "up", "reply TEXT", "down WHY", "quiet", in order.
    tests::collected<std::string> events;

private:
    void on_link_up() override
    {
        events.add("up");
        up();
    }
    void on_link_reply(const reply& r) override
    {
        events.add("reply " + text_of(r));
        replied(r);
    }
    void on_link_down(std::string_view why) override
    {
        events.add("down " + std::string(why));
        down();
    }
    void on_link_quiet() override
    {
        events.add("quiet");
        quiet();
    }
};

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

struct link_in_loop : testing::Test
{
    link_in_loop() { thread.start(); }
    ~link_in_loop() override
    {
        thread.run([this] {
            if (it)
                it->stop();
        });
        thread.settle();
        thread.run([this] { it = nullptr; });
        thread.stop();
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

    void start(const address& where)
    {
        run([&] {
            servers.now = where;
            it = std::make_unique<link>(connections, settings, servers, owner);
            it->start();
        });
    }

    void expect_up(std::size_t place = 0) { expect_event(place, "up"); }

    void expect_event(std::size_t place, const std::string& what)
    {
        const auto all = owner.events.wait_for(place + 1);
        ASSERT_GT(all.size(), place) << "instead of " << what;
        EXPECT_EQ(all[place], what);
    }

    // Waits for the next event of the sort, from `place` on; returns its place.
    std::size_t find_event(const std::string& beginning, std::size_t place = 0)
    {
        for (;; ++place) {
            const auto all = owner.events.wait_for(place + 1);
            if (all.size() <= place) {
                ADD_FAILURE() << "no " << beginning;
                return place;
            }
            if (all[place].starts_with(beginning))
                return place;
        }
    }

    std::string event(std::size_t place)
    {
        const auto all = owner.events.wait_for(place + 1);
        return place < all.size() ? all[place] : "nothing";
    }

    void send(std::initializer_list<std::string_view> words)
    {
        run([&] { it->send(make_command(words)); });
    }

    void expect_nothing_more()
    {
        const std::size_t before = owner.events.now().size();
        thread.settle();
        EXPECT_EQ(owner.events.now().size(), before) << owner.events.now().back();
    }

    tests::loop_thread thread;
    net::connection_set connections{thread.loop()};
    std::optional<net::tls_client_context> tls;
    link_settings settings;
    changing_servers servers;
    recording_owner owner;
    std::unique_ptr<link> it;
};

} // namespace cresset::redis
