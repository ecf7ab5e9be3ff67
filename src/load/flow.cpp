#include "load/flow.hpp"

#include <utility>

namespace cresset::load {

void audience::begin(std::uint32_t window)
{
    received_.assign(window, 0);
}

bool audience::on_received(std::uint32_t sequence)
{
    if (received_.empty())
        return false;
    std::uint32_t& received = received_[sequence % received_.size()];
    if (++received < size)
        return false;
    received = 0; // for the message that takes its place, which is not sent before this one is done
    return true;
}

flow::flow(std::uint32_t number, const message_codec& codec, std::unique_ptr<outlet> to,
           std::uint64_t members, std::uint32_t audiences)
    : codec_(codec), to_(std::move(to)), members_(members), number_(number), audiences_(audiences)
{}

void flow::begin(phase purpose, std::uint32_t window, std::uint64_t limit)
{
    purpose_ = purpose;
    window_ = window;
    limit_ = limit;
    under_way_ = 0;
    sent_ = 0;
    waits_for_.assign(window, 0);
}

void flow::send(std::uint64_t intended_ns)
{
    to_->publish(codec_, {purpose_, number_, sent_, intended_ns});
    if (window_ > 0) {
        waits_for_[sent_ % window_] = audiences_;
        ++under_way_;
    }
    ++sent_;
}

void flow::probe(std::uint32_t round)
{
    to_->publish(codec_, {phase::probe, number_, round, 0});
}

bool flow::may_send() const noexcept
{
    return !done() && under_way_ < window_ && waits_for_[sent_ % window_] == 0;
}

void flow::on_audience_done(std::uint32_t sequence)
{
    if (sequence >= sent_ || sequence + window_ < sent_)
        return; // of a phase that is over
    std::uint32_t& waits = waits_for_[sequence % window_];
    if (waits > 0 && --waits == 0)
        --under_way_;
}

} // namespace cresset::load
