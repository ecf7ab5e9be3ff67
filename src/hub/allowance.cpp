#include "hub/allowance.hpp"

#include <algorithm>
#include <limits>

namespace cresset::hub {
namespace {

constexpr std::uint32_t seconds_mask = 0x7fff'ffff;

constexpr std::uint32_t without_end = std::numeric_limits<std::uint32_t>::max();

// What a bucket holds; of one without a limit, more than comes in a second.
std::uint32_t capacity(std::uint32_t rate) noexcept
{
    const std::uint64_t full = std::uint64_t{rate} * message_rates::seconds_at_once;
    return rate == 0 ? without_end
                     : static_cast<std::uint32_t>(std::min<std::uint64_t>(full, without_end));
}

std::uint32_t filled(std::uint32_t bucket, std::uint32_t rate, std::uint32_t seconds) noexcept
{
    const std::uint32_t full = capacity(rate);
    if (rate == 0 || seconds >= message_rates::seconds_at_once)
        return full;
    const std::uint64_t sum = bucket + std::uint64_t{rate} * seconds;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(sum, full));
}

std::uint32_t seconds_of(std::uint64_t ms) noexcept
{
    return static_cast<std::uint32_t>(ms / 1000) & seconds_mask;
}

} // namespace

allowance::allowance(const message_rates& rates, std::uint64_t now_ms) noexcept
    : messages_(capacity(rates.messages)),
      bytes_(capacity(rates.bytes)),
      filled_s_(seconds_of(now_ms) & seconds_mask),
      warned_(0)
{}

allowance::verdict allowance::take(const message_rates& rates, std::uint64_t now_ms,
                                   std::uint32_t messages, std::size_t bytes) noexcept
{
    if (const std::uint32_t now_s = seconds_of(now_ms); now_s != filled_s_)
        fill(rates, now_s);
    if (messages <= messages_ && bytes <= bytes_) {
        messages_ -= messages;
        bytes_ -= static_cast<std::uint32_t>(bytes);
        return verdict::granted;
    }
    if (warned_)
        return verdict::spent;
    warned_ = 1;
    messages_ = filled(messages_, rates.messages, 1);
    bytes_ = filled(bytes_, rates.bytes, 1);
    return verdict::exceeded;
}

void allowance::fill(const message_rates& rates, std::uint32_t now_s) noexcept
{
    const std::uint32_t seconds = now_s - filled_s_;
    messages_ = filled(messages_, rates.messages, seconds);
    bytes_ = filled(bytes_, rates.bytes, seconds);
    filled_s_ = now_s & seconds_mask;
    if (messages_ == capacity(rates.messages) && bytes_ == capacity(rates.bytes))
        warned_ = 0;
}

} // namespace cresset::hub
