#include "redis/shard_queue.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cresset::redis {
namespace {

constexpr auto by_number = [](const publication& a, const publication& b) {
    return a.number < b.number;
};

} // namespace

shard_queue::shard_queue(std::size_t bytes_max)
    : bytes_max_(bytes_max), lane_of_slot_(slot_count), places_{&parked_}
{}

void shard_queue::add(lane& l)
{
    const std::lock_guard lock(mutex_);
    places_.push_back(&l.waiting_);
}

void shard_queue::remove(lane& l)
{
    const std::lock_guard lock(mutex_);
    assert(l.waiting_.empty() && std::ranges::find(lane_of_slot_, &l) == lane_of_slot_.end());
    std::erase(places_, &l.waiting_);
}

shard_queue::place shard_queue::push(publication p, std::vector<publication>& given_way)
{
    const std::lock_guard lock(mutex_);
    if (closed_ || p.command.size() > bytes_max_)
        return place::nowhere;
    p.number = ++last_number_;
    bytes_ += p.command.size();
    const place where = lane_of_slot_[p.slot] ? place::in_lane : place::parked;
    place_of(p.slot).push_back(std::move(p));
    make_room(given_way);
    return where;
}

void shard_queue::put_back(publication p, std::vector<publication>& given_way)
{
    const std::lock_guard lock(mutex_);
    bytes_ += p.command.size();
    messages& to = place_of(p.slot);
    to.insert(std::ranges::upper_bound(to, p, by_number), std::move(p));
    make_room(given_way);
}

void shard_queue::direct(std::span<const route> routes)
{
    const std::lock_guard lock(mutex_);
    std::vector<messages*> left;
    for (const auto& [slot, to] : routes) {
        if (lane_of_slot_[slot] == to)
            continue;
        if (messages* from = &place_of(slot); std::ranges::find(left, from) == left.end())
            left.push_back(from);
        lane_of_slot_[slot] = to;
    }
    for (messages* from : left)
        sort_out(*from);
}

std::vector<publication> shard_queue::take(lane& from, std::size_t bytes)
{
    const std::lock_guard lock(mutex_);
    std::vector<publication> taken;
    for (std::size_t had = bytes_; !from.waiting_.empty() && had - bytes_ < bytes;)
        taken.push_back(take_first(from.waiting_));
    return taken;
}

std::vector<publication> shard_queue::take_older(std::uint16_t slot, std::uint64_t number)
{
    const std::lock_guard lock(mutex_);
    messages& waiting = place_of(slot);
    const auto end = std::ranges::lower_bound(waiting, number, {}, &publication::number);
    const auto others = std::stable_partition(waiting.begin(), end,
                                              [&](const publication& p) { return p.slot == slot; });
    std::vector<publication> taken;
    for (auto count = others - waiting.begin(); count > 0; --count)
        taken.push_back(take_first(waiting));
    return taken;
}

std::vector<publication> shard_queue::close()
{
    const std::lock_guard lock(mutex_);
    closed_ = true;
    std::vector<publication> taken;
    for (messages* waiting : places_)
        while (!waiting->empty())
            taken.push_back(take_first(*waiting));
    return taken;
}

std::size_t shard_queue::bytes() const
{
    const std::lock_guard lock(mutex_);
    return bytes_;
}

shard_queue::messages& shard_queue::place_of(std::uint16_t slot) noexcept
{
    lane* const l = lane_of_slot_[slot];
    return l ? l->waiting_ : parked_;
}

void shard_queue::make_room(std::vector<publication>& given_way)
{
    const auto age = [](const messages* waiting) {
        return waiting->empty() ? ~std::uint64_t{0} : waiting->front().number;
    };
    while (bytes_ > bytes_max_)
        given_way.push_back(take_first(**std::ranges::min_element(places_, {}, age)));
}

publication shard_queue::take_first(messages& from)
{
    publication first = std::move(from.front());
    from.pop_front();
    bytes_ -= first.command.size();
    return first;
}

// Moves to their places those that have another now.
void shard_queue::sort_out(messages& from)
{
    messages stay;
    std::vector<std::pair<messages*, std::size_t>> grown; // and how many there were before
    for (publication& p : from) {
        messages& to = place_of(p.slot);
        if (&to == &from) {
            stay.push_back(std::move(p));
            continue;
        }
        if (std::ranges::find(grown, &to, &std::pair<messages*, std::size_t>::first) == grown.end())
            grown.emplace_back(&to, to.size());
        to.push_back(std::move(p));
    }
    from = std::move(stay);
    for (const auto& [to, before] : grown)
        std::inplace_merge(to->begin(), to->begin() + static_cast<std::ptrdiff_t>(before),
                           to->end(), by_number);
}

} // namespace cresset::redis
