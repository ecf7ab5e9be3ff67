#include "redis/subscriber.hpp"

#include "redis/command.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace cresset::redis {
namespace {

// By kind: the verbs, and the first words of what Redis sends.
struct verbs
{
    std::string_view on;
    std::string_view off;
    std::string_view on_confirmed;
    std::string_view off_confirmed;
};

constexpr std::array<verbs, 3> verbs_of_kind{{
    {"SUBSCRIBE", "UNSUBSCRIBE", "subscribe", "unsubscribe"},
    {"PSUBSCRIBE", "PUNSUBSCRIBE", "psubscribe", "punsubscribe"},
    {"SSUBSCRIBE", "SUNSUBSCRIBE", "ssubscribe", "sunsubscribe"},
}};

constexpr const verbs& verbs_of(subscription_kind kind)
{
    return verbs_of_kind[static_cast<std::size_t>(kind)];
}

} // namespace

std::size_t subscriber::name_hash::operator()(const name& n) const noexcept
{
    return boost::hash<std::string>()(n.channel) ^ static_cast<std::size_t>(n.kind);
}

subscriber::subscriber(net::connection_set& connections, const link_settings& settings,
                       server_finder& servers, observer& o)
    : loop_(connections.loop()), observer_(o), link_(connections, settings, servers, *this)
{}

void subscriber::stop()
{
    complete_ = false;
    link_.stop();
}

void subscriber::want(const std::string& channel, subscription_kind kind)
{
    const name n{channel, kind};
    if (wanted_.part_of(n).insert(n).second)
        add({n, true});
}

void subscriber::unwant(const std::string& channel, subscription_kind kind)
{
    if (forget({channel, kind}))
        add({{channel, kind}, false});
}

// While the link is down nothing is kept: it begins with all that is wanted.
void subscriber::add(change c)
{
    if (!link_.up())
        return;
    changes_.push_back(std::move(c));
    if (!std::exchange(flush_is_posted_, true))
        loop_.post([this] {
            flush_is_posted_ = false;
            flush();
        });
}

void subscriber::on_link_up()
{
    asked_.clear();
    changes_.clear();
    wanted_.for_each([this](const name& n) { changes_.push_back({n, true}); });
    std::ranges::stable_sort(changes_, {}, [](const change& c) { return c.what.kind; });
    initial_ = changes_.size();
    if (initial_ != 0) {
        flush();
        return;
    }
    complete_ = true;
    observer_.on_subscriber_up();
}

void subscriber::on_link_down(std::string_view why)
{
    complete_ = false;
    observer_.on_subscriber_down(why);
}

void subscriber::on_link_quiet()
{
    link_.send(make_command({"PING"}));
    asked_.push_back({subscription_kind::channel, true, {}});
}

// With RESP2 a link with subscriptions answers PING with an array, one without a status.
void subscriber::on_link_reply(const reply& r)
{
    if (r.kind() == reply_kind::array)
        on_push(r);
    else if (r.is_error())
        on_error(r.text());
    else if (!asked_.empty() && asked_.front().channels.empty())
        asked_.pop_front();
}

void subscriber::on_push(const reply& r)
{
    const std::string_view what = r[0].text();
    if (what == "message" || what == "smessage") {
        observer_.on_message(r[1].text(), r[2].text());
        return;
    }
    if (what == "pmessage") {
        observer_.on_message(r[2].text(), r[3].text());
        return;
    }
    if (what == "pong") {
        if (!asked_.empty() && asked_.front().channels.empty())
            asked_.pop_front();
        return;
    }
    for (std::size_t i = 0; i < verbs_of_kind.size(); ++i) {
        const auto kind = static_cast<subscription_kind>(i);
        if (what == verbs_of(kind).on_confirmed)
            on_confirmed(r[1].text(), kind, true);
        else if (what == verbs_of(kind).off_confirmed)
            on_confirmed(r[1].text(), kind, false);
    }
}

void subscriber::on_confirmed(std::string_view channel, subscription_kind kind, bool on)
{
    const bool ours = !asked_.empty() && !asked_.front().channels.empty() &&
                      asked_.front().kind == kind && asked_.front().on == on &&
                      (kind != subscription_kind::shard || asked_.front().channels[0] == channel);
    if (!ours) {
        // The slot of a sharded channel has gone to another node, which ends the subscription.
        if (!on && forget({std::string(channel), kind}))
            observer_.on_moved(channel);
        return;
    }
    if (++asked_.front().confirmed < asked_.front().channels.size())
        return;
    const std::size_t changes = asked_.front().channels.size();
    asked_.pop_front();
    settle(changes);
    flush();
}

// Redis refuses a command as a whole, so that one of several channels is found by asking one by
// one.
void subscriber::on_error(std::string_view error)
{
    if (asked_.empty())
        return;
    asked refused = std::move(asked_.front());
    asked_.pop_front();
    if (refused.channels.size() == 1) {
        const std::string& channel = refused.channels.front();
        if (error.starts_with("MOVED ")) {
            if (forget({channel, refused.kind}))
                observer_.on_moved(channel);
        } else {
            observer_.on_refused(channel, error);
        }
        settle(1);
    }
    if (refused.channels.size() > 1)
        for (const std::string& channel : refused.channels)
            changes_.push_front({{channel, refused.kind}, refused.on, true});
    flush();
}

void subscriber::settle(std::size_t changes)
{
    if (initial_ == 0)
        return;
    initial_ -= std::min(initial_, changes);
    if (initial_ != 0)
        return;
    complete_ = true;
    observer_.on_subscriber_up();
}

void subscriber::flush()
{
    while (link_.up() && !changes_.empty() && asked_.size() < commands_max) {
        asked command = take_batch();
        const verbs& said = verbs_of(command.kind);
        std::vector<std::string_view> words{command.on ? said.on : said.off};
        words.insert(words.end(), command.channels.begin(), command.channels.end());
        link_.send(make_command(words));
        asked_.push_back(std::move(command));
    }
}

// Changes of one sort from the front. Channels of different slots can't stand in one command.
subscriber::asked subscriber::take_batch()
{
    const change first = changes_.front();
    asked batch{first.what.kind, first.on, {}};
    const bool alone = first.alone || first.what.kind == subscription_kind::shard;
    do {
        batch.channels.push_back(std::move(changes_.front().what.channel));
        changes_.pop_front();
    } while (!alone && !changes_.empty() && batch.channels.size() < batch_max &&
             changes_.front().what.kind == batch.kind && changes_.front().on == batch.on &&
             !changes_.front().alone);
    return batch;
}

} // namespace cresset::redis
