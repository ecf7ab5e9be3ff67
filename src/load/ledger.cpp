#include "load/ledger.hpp"

#include <algorithm>

namespace cresset::load {

ledger::verdict ledger::take(std::uint32_t number)
{
    if (number < next_)
        return take_missing(number) ? verdict::late : verdict::doubled;
    if (number > next_) {
        if (!missing_)
            missing_ = std::make_unique<std::vector<range>>();
        missing_->push_back({next_, number});
    }
    next_ = number + 1;
    return verdict::in_order;
}

bool ledger::take_missing(std::uint32_t number)
{
    if (!missing_)
        return false;
    const auto found = std::ranges::upper_bound(*missing_, number, {}, &range::end);
    if (found == missing_->end() || number < found->first)
        return false;
    const range before{found->first, number};
    const range after{number + 1, found->end};
    const bool left_before = before.first < before.end;
    const bool left_after = after.first < after.end;
    if (left_before && left_after) {
        *found = after;
        missing_->insert(found, before);
    } else if (left_before || left_after) {
        *found = left_before ? before : after;
    } else {
        missing_->erase(found);
    }
    return true;
}

std::uint64_t ledger::lost(std::uint32_t sent) const noexcept
{
    std::uint64_t lost = sent > next_ ? sent - next_ : 0;
    if (missing_)
        for (const range& r : *missing_)
            lost += r.end - r.first;
    return lost;
}

void ledger::clear() noexcept
{
    next_ = 0;
    missing_.reset();
}

} // namespace cresset::load
