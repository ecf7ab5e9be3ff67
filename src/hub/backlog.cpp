#include "hub/backlog.hpp"

#include "hub/sealed_frame.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace cresset::hub {

std::size_t backlog::entry::bytes() const noexcept
{
    const std::size_t size = frame->bytes().size();
    return sizeof(entry) + (to_seal ? sealed_size_max(size) : size);
}

std::optional<backlog::entry> backlog::push(entry added)
{
    std::optional<entry> replaced;
    const std::uint64_t number = first_ + entries_.size();
    bytes_ += added.bytes();
    budget_.add(added.bytes());
    entries_.push_back(std::move(added));
    const entry& last = entries_.back();
    if (!last.label || last.label->key.empty())
        return replaced;
    // The key of the map looks into the label of the entry that it leads to.
    if (const auto found = latest_.find(last.label->key); found != latest_.end())
        replaced = take_out(found->second);
    latest_.emplace(last.label->key, number);
    trim();
    return replaced;
}

backlog::entry backlog::pop()
{
    assert(!empty());
    entry front = take_out(first_);
    trim();
    return front;
}

std::optional<backlog::entry> backlog::give_way()
{
    const std::uint64_t end = first_ + entries_.size();
    for (asked_ = std::max(asked_, first_); asked_ != end; ++asked_) {
        const entry& e = at(asked_);
        if (!e.frame || !e.label || !e.label->gives_way())
            continue;
        entry taken = take_out(asked_);
        trim();
        return taken;
    }
    return std::nullopt;
}

backlog::entry backlog::take_out(std::uint64_t number)
{
    forget_key(at(number), number);
    entry taken = std::exchange(at(number), {});
    bytes_ -= taken.bytes();
    budget_.subtract(taken.bytes());
    ++gone_;
    return taken;
}

void backlog::forget_key(const entry& e, std::uint64_t number)
{
    if (!e.label || e.label->key.empty())
        return;
    const auto found = latest_.find(e.label->key);
    if (found != latest_.end() && found->second == number)
        latest_.erase(found);
}

// The front is never gone; and where most are, as with keys that change often, they are removed.
void backlog::trim()
{
    while (!entries_.empty() && !entries_.front().frame) {
        entries_.pop_front();
        ++first_;
        --gone_;
    }
    if (gone_ < 64 || gone_ < entries_.size() / 2)
        return;
    std::erase_if(entries_, [](const entry& e) { return !e.frame; });
    gone_ = 0;
    asked_ = first_;
    for (std::size_t i = 0; i < entries_.size(); ++i)
        if (const auto& label = entries_[i].label; label && !label->key.empty())
            latest_[label->key] = first_ + i;
}

} // namespace cresset::hub
