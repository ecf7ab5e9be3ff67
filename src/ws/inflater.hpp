#pragma once

#include "ws/byte_buffer.hpp"
#include "ws/deflate_parameters.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace cresset::ws {

// Inflates a client's messages (RFC 7692, section 7.2.2), with zlib. Its window of 32 KiB at most
// is made for the first message. One thread's.
class inflater
{
public:
    enum class result
    {
        ok,
        too_big, // or out of proportion to what was sent
        corrupt
    };

    // A message may be this many times as large as what was sent for it, or this large, whichever
    // is more. Text and JSON deflate to a fifth, to a fiftieth if they repeat themselves; what can
    // be made 1,032 times as large is a bomb, but for small messages, and they do no harm.
    static constexpr std::size_t ratio_max = 100;
    static constexpr std::size_t any_ratio_bytes_max = 1024 * 1024;

    // For messages that are compressed each by itself, whoever they are from.
    inflater() noexcept;

    // For the messages of one client that keeps its context.
    explicit inflater(unsigned window_bits) noexcept;

    inflater(inflater&&) noexcept;
    inflater& operator=(inflater&&) noexcept;
    ~inflater();

    // Puts the message into `into`, which is empty, with payload_padding behind it. What it takes
    // grows with what is inflated, never beyond size_max. After anything but ok the connection has
    // to end. Throws std::bad_alloc.
    result inflate(std::span<const char> deflated, std::size_t size_max, byte_buffer& into);

private:
    struct stream;

    unsigned window_bits_ = window_bits_max;
    bool keeps_context_ = false;
    std::unique_ptr<stream> stream_;
};

} // namespace cresset::ws
