#pragma once

#include "base/client_id.hpp"
#include "hub/deflating_tools.hpp"
#include "hub/delivery.hpp"
#include "net/segment.hpp"

#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <array>
#include <cresset/slow_client.hpp>
#include <string>
#include <utility>

namespace cresset::hub {

// What has to be known of a message for as long as it waits for slow clients. One shard's.
struct message_label : boost::intrusive_ref_counter<message_label, boost::thread_unsafe_counter>
{
    explicit message_label(const delivery& message)
        : to(message.kind),
          name(message.name),
          to_client(base::client_id::parse(name).has_value()),
          policy(message.policy),
          key(message.replace_key)
    {}

    bool gives_way() const noexcept
    {
        return policy == slow_client_policy::drop_oldest ||
               policy == slow_client_policy::keep_latest;
    }

    group_kind to;
    std::string name; // of the room or user
    bool to_client;   // by its own room
    slow_client_policy policy;
    std::string key; // see delivery::replace_key
};

using label_ref = boost::intrusive_ptr<const message_label>;

// A message on its way to clients of one shard: its frame, and what it is about. The label is made
// for the first client that is slow, and shared by all.
class outgoing
{
public:
    // Of the server's own, which always finds a place.
    explicit outgoing(net::segment_ref frame) noexcept : frame_(std::move(frame)) {}

    outgoing(net::segment_ref frame, const delivery& about) noexcept
        : frame_(std::move(frame)), about_(&about)
    {}

    outgoing(net::segment_ref frame, label_ref label) noexcept
        : frame_(std::move(frame)), label_(std::move(label))
    {}

    const net::segment_ref& frame() const noexcept { return frame_; }

    // As clients get it that take it deflated, with such a window: made for the first of them, and
    // the frame itself where that would be no smaller.
    const net::segment_ref& deflated(unsigned window_bits, deflating_tools& with)
    {
        const std::string_view plain = frame_->bytes();
        const bool fits = ws::deflater::fits(plain.size(), window_bits);
        const unsigned widest = fits ? ws::window_bits_max : window_bits;
        net::segment_ref& made = deflated_[widest - ws::window_bits_min];
        if (!made)
            made = with.frame_of(plain, widest);
        if (!made)
            made = frame_;
        return made;
    }

    // Null for the server's own.
    const label_ref& label()
    {
        if (!label_ && about_)
            label_ = new message_label(*about_);
        return label_;
    }

private:
    net::segment_ref frame_;
    std::array<net::segment_ref, ws::window_bits_max - ws::window_bits_min + 1> deflated_;
    const delivery* about_ = nullptr;
    label_ref label_;
};

} // namespace cresset::hub
