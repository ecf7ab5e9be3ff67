#pragma once

#include "hub/outgoing.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

namespace cresset::hub {

// What a client has lost in one burst, by whom it was sent to: what `gap` tells it.
class losses
{
public:
    // Rooms that are told by name, so that a stranger's rooms can't make it grow.
    static constexpr std::size_t rooms_max = 64;

    // The label may be null.
    void add(const message_label* lost);

    std::uint64_t count() const noexcept { return count_; }

    // {"dropped":12,"rooms":{"news":9},"user":2,"client":1}; what is zero is left out.
    std::string json() const;

private:
    std::uint64_t count_ = 0;
    std::map<std::string, std::uint64_t, std::less<>> rooms_;
    std::uint64_t other_rooms_ = 0;
    std::uint64_t user_ = 0;
    std::uint64_t client_ = 0;
    std::uint64_t everyone_ = 0;
};

} // namespace cresset::hub
