#include "simulation/ledger.hpp"

#include "protocol/json_member.hpp"
#include "simulation/broken.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace cresset::simulation {
namespace {

using protocol::find_member;
using protocol::read_string_member;

// Of a frame's header and of an entry in the backlog, at most.
constexpr std::size_t overhead_bytes = 10 + 24;

std::uint64_t as_number(std::string_view raw)
{
    return raw.empty() ? 0 : std::strtoull(std::string(raw).c_str(), nullptr, 10);
}

} // namespace

std::uint64_t number_in(std::string_view text)
{
    static constexpr std::string_view before = "{\"n\":";
    const std::size_t at = text.find(before);
    return at == text.npos ? 0 : as_number(text.substr(at + before.size(), 20));
}

std::string ledger::own_text(const std::string& text)
{
    const std::string event = read_string_member(text, "event").value_or("");
    return event == "connected" || event == "reconnect" ? event : text;
}

void ledger::owe(owed o)
{
    all_.add(o.must);
    outstanding_bytes_ += o.text.size() + overhead_bytes;
    overflow_ |= outstanding_bytes_ > queue_bytes_max_;
    if (!o.replace_key.empty()) {
        replacing& same = keys_[o.replace_key];
        ++same.count;
        same.senders.insert(o.sender);
        if (o.must)
            same.newest_owed = o.n;
    }
    owed_.push_back(std::move(o));
}

void ledger::remove(std::vector<owed>::iterator at)
{
    ++taken_;
    outstanding_bytes_ -= at->text.size() + overhead_bytes;
    last_[at->sender] = at->n;
    if (const auto same = keys_.find(at->replace_key); same != keys_.end())
        same->second.newest_taken = at->n;
    owed_.erase(at);
}

void ledger::take(const std::string& text)
{
    if (const std::uint64_t n = number_in(text))
        take_numbered(n, text);
    else if (read_string_member(text, "event") == "gap")
        take_gap(text);
    else
        take_own(text);
}

void ledger::take_numbered(std::uint64_t n, const std::string& text)
{
    const auto found = std::ranges::find(owed_, n, &owed::n);
    require(found != owed_.end(), who_ + " gets what is not for it, or a second time: " + text);
    require(found->text == text, who_ + " gets something else than was sent: " + text);
    require(last_[found->sender] < n, who_ + " gets it out of order: " + text);
    require(!connected_text_.empty() || found->place == "client",
            who_ + " is not connected yet: " + text);
    remove(found);
}

void ledger::take_own(const std::string& text)
{
    const std::string known_as = own_text(text);
    const std::uint64_t last = last_[std::string(server)];
    const auto found = std::ranges::find_if(owed_, [&](const owed& o) {
        return o.sender == server && o.n > last && o.text == known_as;
    });
    require(found != owed_.end(), who_ + " is told what it should not be: " + text);
    if (known_as == "connected")
        connected_text_ = text;
    remove(found);
}

void ledger::take_gap(const std::string& text)
{
    require(wants_gaps_, who_ + " has not asked for this: " + text);
    all_.add(true);
    ++gaps_;
    const std::string_view data = find_member(text, "data");
    const std::uint64_t dropped = as_number(find_member(data, "dropped"));
    std::uint64_t told_sum = 0;
    const auto add = [&](const std::string& place, std::uint64_t count) {
        told_at_[place] += count;
        told_sum += count;
    };
    for (const char* kind : {"user", "client", "everyone"})
        add(kind, as_number(find_member(data, kind)));
    for (const char* room :
         {"r0", "r1", "r2", "r3", "lobby", "later", "ws-default", "ws-notification"})
        add(std::string("room ") + room, as_number(find_member(find_member(data, "rooms"), room)));
    require(dropped == told_sum && dropped > 0, who_ + " is told a wrong sum: " + text);
    told_ += dropped;
}

void ledger::expect_gaps()
{
    // What was lost before can't be told apart from what is told.
    wants_gaps_ = true;
    checks_gaps_ = gaps_begin_ = true;
}

void ledger::balance()
{
    if (!overflow_)
        check_latest();
    for (const owed& o : owed_) {
        const bool replaced = !o.replace_key.empty() && keys_[o.replace_key].count > 1;
        require(!o.must || overflow_ || replaced,
                who_ + " has lost without a reason: " + o.text + " of " + o.sender);
        missing_.add(o.must);
        missing_at_[o.sender == server ? "client" : o.place].add(o.must);
    }
    if (std::exchange(gaps_begin_, false))
        checks_gaps_ = missing_.must + missing_.may == 0;
    owed_.clear();
    outstanding_bytes_ = 0;
    overflow_ = false;
    keys_.clear();
    if (checks_gaps_)
        check_gaps();
}

// Where there is place for all, only what is replaced is lost.
void ledger::check_latest() const
{
    for (const auto& [key, same] : keys_)
        require(same.senders.size() > 1 || same.newest_taken >= same.newest_owed,
                who_ + " has lost the latest of " + key);
}

void ledger::check_gaps() const
{
    const auto fits = [](const sum& lost, std::uint64_t told) {
        return lost.must <= told && told <= lost.must + lost.may;
    };
    require(fits(missing_, told_), who_ + " has lost " + std::to_string(missing_.must) +
                                       " messages, and was told of " + std::to_string(told_));
    for (const auto& [place, told] : told_at_) {
        const auto found = missing_at_.find(place);
        require(fits(found == missing_at_.end() ? sum{} : found->second, told),
                who_ + " was told of losses that it did not have: " + place);
    }
}

void ledger::close()
{
    for (const owed& o : owed_)
        unread_.add(o.must);
    if (wants_gaps_ && (overflow_ || !keys_.empty()))
        all_.may += owed_.size(); // a gap for each, at most, may be among what was not read
    owed_.clear();
    outstanding_bytes_ = 0;
}

} // namespace cresset::simulation
