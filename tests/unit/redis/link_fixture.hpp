#pragma once

#include "loop_fixture.hpp"
#include "redis/command.hpp"
#include "support/reply_text.hpp"

#include <functional>

namespace cresset::redis {

// Tells what a link tells its owner; a test may hook in.
class recording_owner final : public link::owner
{
public:
    explicit recording_owner(tests::collected<std::string>& e) : events_(e) {}

    std::function<void()> up = [] {};
    std::function<void(const reply&)> replied = [](const reply&) {};
    std::function<void()> down = [] {};
    std::function<void()> quiet = [] {};

private:
    void on_link_up() override
    {
        events_.add("up");
        up();
    }
    void on_link_reply(const reply& r) override
    {
        events_.add("reply " + text_of(r));
        replied(r);
    }
    void on_link_down(std::string_view why) override
    {
        events_.add("down " + std::string(why));
        down();
    }
    void on_link_quiet() override
    {
        events_.add("quiet");
        quiet();
    }

    tests::collected<std::string>& events_;
};

// Events are "up", "reply TEXT", "down WHY", "quiet".
struct link_in_loop : loop_fixture<link>
{
    void start(const address& where)
    {
        run([&] {
            servers.now = where;
            it = std::make_unique<link>(connections, settings, servers, owner);
            it->start();
        });
    }

    void send(std::initializer_list<std::string_view> words)
    {
        run([&] { it->send(make_command(words)); });
    }

    recording_owner owner{events};
};

} // namespace cresset::redis
