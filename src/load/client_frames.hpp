#pragma once

#include "net/segment.hpp"
#include "ws/frame.hpp"

#include <cstdint>
#include <string_view>

namespace cresset::load {

// Writes a client's frames: masked, never fragmented. One thread's. The keys are what RFC 6455,
// section 5.3, asks of them but for being unguessable: they protect proxies from pages of
// strangers, and here is none of either.
class client_frames
{
public:
    explicit client_frames(std::uint64_t seed) noexcept : state_(seed | 1) {}

    net::segment_ref make(ws::opcode op, std::string_view payload);

private:
    std::uint32_t next_key() noexcept;

    std::uint64_t state_;
};

} // namespace cresset::load
