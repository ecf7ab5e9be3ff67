#pragma once

#include "hub/delivery.hpp"
#include "net/segment.hpp"

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace cresset::hub {

// Messages to one group, with nothing sent to anybody between them: they leave a shard together,
// with one segment and one pass over the members for all. A shard's.
class message_run
{
public:
    // A run of more is no cheaper, and what it holds is not seen by the bounds of queues.
    static constexpr std::size_t bytes_max = 16 * 1024;

    bool empty() const noexcept { return messages_.empty(); }

    // Whether the message can go with those that are here.
    bool fits(const delivery& message) const
    {
        const delivery& first = *messages_.front();
        return message.kind == first.kind && message.name == first.name &&
               message.exclude == first.exclude && bytes_ + message.frame.size() <= bytes_max;
    }

    void add(shared_delivery message)
    {
        bytes_ += message->frame.size();
        messages_.push_back(std::move(message));
    }

    void clear() noexcept
    {
        messages_.clear();
        bytes_ = 0;
    }

    std::span<const shared_delivery> messages() const noexcept { return messages_; }

    // The frames, one behind the other.
    net::segment_ref joined() const
    {
        return joined(bytes_, [this](std::size_t i) { return messages_[i]->frame; });
    }

    // The same with frame_of(i) in place of the ith frame, which are so many bytes.
    template <std::invocable<std::size_t> Frames>
    net::segment_ref joined(std::size_t bytes, Frames frame_of) const
    {
        return net::segment::written(bytes, [&](char* out) {
            for (std::size_t i = 0; i < messages_.size(); ++i)
                out = std::ranges::copy(std::string_view(frame_of(i)), out).out;
        });
    }

private:
    std::vector<shared_delivery> messages_;
    std::size_t bytes_ = 0;
};

} // namespace cresset::hub
