#include "redis/subscriber.hpp"

#include "redis/cluster_watch.hpp"
#include "redis/command.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
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
    tell(numbered_);
}

void subscriber::want(const std::string& channel, subscription_kind kind)
{
    const name n{channel, kind};
    if (wanted_.part_of(n).insert(n).second)
        add(n);
}

void subscriber::unwant(const std::string& channel, subscription_kind kind)
{
    const name n{channel, kind};
    if (forget(n))
        add(n);
}

void subscriber::when_confirmed(net::task then)
{
    if (!link_.up() || first_unconfirmed() > numbered_)
        then();
    else
        waiting_.push_back({numbered_, std::move(then)});
}

// While the link is down nothing is kept: it begins with all that is wanted.
void subscriber::add(const name& n)
{
    if (!link_.up() || !added_.insert(n).second)
        return;
    changes(wants(n)).push_back({.what = n, .number = ++numbered_});
    if (!std::exchange(flush_is_posted_, true))
        loop_.post([this] {
            flush_is_posted_ = false;
            flush();
        });
}

void subscriber::on_link_up()
{
    asked_.clear();
    unconfirmed_ = 0;
    to_subscribe_.clear();
    to_unsubscribe_.clear();
    added_.clear();
    wanted_.for_each([this](const name& n) { to_subscribe_.push_back({n, true}); });
    std::ranges::stable_sort(to_subscribe_, {}, [](const change& c) { return c.what.kind; });
    numbered_ = 0;
    for (change& c : to_subscribe_)
        c.number = ++numbered_;
    initial_ = to_subscribe_.size();
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
    tell(numbered_);
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
    else if (!asked_.empty() && asked_.front().changes.empty())
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
        if (!asked_.empty() && asked_.front().changes.empty())
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
    const bool ours =
        !asked_.empty() && !asked_.front().changes.empty() && asked_.front().kind == kind &&
        asked_.front().on == on &&
        (kind != subscription_kind::shard || asked_.front().changes[0].what.channel == channel);
    if (!ours) {
        // The slot of a sharded channel has gone to another node, which ends the subscription.
        if (!on && forget({std::string(channel), kind}))
            observer_.on_moved(channel);
        return;
    }
    if (++asked_.front().confirmed < asked_.front().changes.size())
        return;
    const asked confirmed = take_asked();
    settle(static_cast<std::size_t>(std::ranges::count(confirmed.changes, true, &change::initial)));
    flush();
}

// Redis refuses a command as a whole, so that one of several channels is found by asking one by
// one.
void subscriber::on_error(std::string_view error)
{
    if (asked_.empty())
        return;
    asked refused = take_asked();
    if (refused.changes.size() == 1) {
        refuse(refused.changes.front(), refused.on, error);
    } else if (!refused.changes.empty()) {
        for (change& c : refused.changes)
            c.alone = true;
        std::deque<change>& again = changes(refused.on);
        const auto place =
            std::ranges::upper_bound(again, refused.changes.front().number, {}, &change::number);
        again.insert(place, std::make_move_iterator(refused.changes.begin()),
                     std::make_move_iterator(refused.changes.end()));
    }
    flush();
}

void subscriber::refuse(const change& c, bool on, std::string_view error)
{
    const std::string& channel = c.what.channel;
    if (!is_redirection(error))
        observer_.on_refused(channel, error);
    else if (on && forget(c.what))
        observer_.on_moved(channel);
    settle(c.initial ? 1 : 0);
}

void subscriber::settle(std::size_t initial)
{
    if (initial == 0 || !link_.up())
        return;
    initial_ -= initial;
    if (initial_ != 0)
        return;
    complete_ = true;
    observer_.on_subscriber_up();
}

// The first one, which is answered.
subscriber::asked subscriber::take_asked()
{
    asked answered = std::move(asked_.front());
    asked_.pop_front();
    unconfirmed_ -= answered.changes.size();
    return answered;
}

void subscriber::flush()
{
    std::size_t moot = 0;
    bool on = false;
    while (link_.up() && unconfirmed_ < unconfirmed_max &&
           !(to_subscribe_.empty() && to_unsubscribe_.empty())) {
        on = !on;
        asked command = take_batch(on, moot);
        if (command.changes.empty())
            continue;
        const verbs& said = verbs_of(command.kind);
        std::vector<std::string_view> words{on ? said.on : said.off};
        for (const change& c : command.changes)
            words.push_back(c.what.channel);
        link_.send(make_command(words));
        unconfirmed_ += command.changes.size();
        asked_.push_back(std::move(command));
    }
    settle(moot);
    if (!waiting_.empty())
        tell(first_unconfirmed() - 1);
}

// Changes of one kind from the front. Channels of different slots can't stand in one command.
// Counts the initial ones that are wanted no longer.
subscriber::asked subscriber::take_batch(bool on, std::size_t& moot)
{
    asked batch{subscription_kind::channel, on, {}};
    std::deque<change>& from = changes(on);
    bool full = false;
    while (!full && !from.empty()) {
        change& next = from.front();
        const bool as_wanted = wants(next.what) == on;
        if (as_wanted && !batch.changes.empty() && (next.alone || next.what.kind != batch.kind))
            break;
        added_.erase(next.what);
        if (as_wanted) {
            batch.kind = next.what.kind;
            full = next.alone || batch.kind == subscription_kind::shard ||
                   batch.changes.size() + 1 == batch_max;
            batch.changes.push_back(std::move(next));
        } else if (next.initial) {
            ++moot;
        }
        from.pop_front();
    }
    return batch;
}

// The number of the first subscription that Redis has not answered; more than there are, if none.
std::uint64_t subscriber::first_unconfirmed() const
{
    std::uint64_t first = numbered_ + 1;
    if (!to_subscribe_.empty())
        first = to_subscribe_.front().number;
    for (const asked& command : asked_)
        if (command.on && !command.changes.empty())
            first = std::min(first, command.changes.front().number);
    return first;
}

// Those who wait for the changes up to this one.
void subscriber::tell(std::uint64_t up_to)
{
    while (!waiting_.empty() && waiting_.front().number <= up_to) {
        net::task then = std::move(waiting_.front().then);
        waiting_.pop_front();
        then();
    }
}

} // namespace cresset::redis
