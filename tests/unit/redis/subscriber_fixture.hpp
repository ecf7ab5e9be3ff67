#pragma once

#include "loop_fixture.hpp"
#include "redis/subscriber.hpp"
#include "support/fake_redis.hpp"
#include "support/redis_server.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace cresset::redis {

// Events are "up", "down WHY", "CHANNEL: PAYLOAD", "refused CHANNEL: ERROR", "moved CHANNEL".
struct subscriber_in_loop : loop_fixture<subscriber>, subscriber::observer
{
    using kind = subscription_kind;

    void make(const address& where)
    {
        run([&] {
            servers.now = where;
            it = std::make_unique<subscriber>(connections, settings, servers, *this);
        });
    }

    void start(const address& where, const std::vector<std::string>& channels = {})
    {
        make(where);
        want(channels);
        run([this] { it->start(); });
    }

    // All in one turn.
    void want(const std::vector<std::string>& channels, kind k = kind::channel)
    {
        run([&] {
            for (const std::string& channel : channels)
                it->want(channel, k);
        });
    }

    void unwant(const std::vector<std::string>& channels, kind k = kind::channel)
    {
        run([&] {
            for (const std::string& channel : channels)
                it->unwant(channel, k);
        });
    }

    bool complete()
    {
        return run([this] { return it->complete(); });
    }

    void on_message(std::string_view channel, std::string_view payload) override
    {
        events.add(std::string(channel) + ": " + std::string(payload));
        when_message();
    }
    void on_subscriber_up() override
    {
        events.add("up");
        when_up();
    }
    void on_subscriber_down(std::string_view why) override
    {
        events.add("down " + std::string(why));
        when_down();
    }
    void on_refused(std::string_view channel, std::string_view error) override
    {
        events.add("refused " + std::string(channel) + ": " + std::string(error));
        when_refused();
    }
    void on_moved(std::string_view channel) override
    {
        events.add("moved " + std::string(channel));
        when_moved();
    }

    std::function<void()> when_message = [] {};
    std::function<void()> when_up = [] {};
    std::function<void()> when_down = [] {};
    std::function<void()> when_refused = [] {};
    std::function<void()> when_moved = [] {};
};

// "PREFIX0", "PREFIX1", ...
inline std::vector<std::string> numbered(const std::string& prefix, int count)
{
    std::vector<std::string> all;
    for (int i = 0; i < count; ++i)
        all.push_back(prefix + std::to_string(i));
    return all;
}

// The answers to a command of a fake link: "SUBSCRIBE a b" is confirmed for a and for b.
inline std::string confirmations(const std::string& command)
{
    std::string answers;
    std::size_t at = command.find(' ');
    std::string verb = command.substr(0, at);
    for (char& c : verb)
        c = static_cast<char>(c | 0x20);
    while (at != std::string::npos) {
        const std::size_t end = command.find(' ', at + 1);
        const std::string channel = command.substr(at + 1, end - at - 1);
        answers += "*3\r\n$" + std::to_string(verb.size()) + "\r\n" + verb + "\r\n$" +
                   std::to_string(channel.size()) + "\r\n" + channel + "\r\n:1\r\n";
        at = end;
    }
    return answers;
}

// How many channels a command names.
inline std::size_t channels_of(const std::string& command)
{
    return static_cast<std::size_t>(std::count(command.begin(), command.end(), ' '));
}

} // namespace cresset::redis
