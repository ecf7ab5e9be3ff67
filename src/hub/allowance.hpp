#pragma once

#include <cstddef>
#include <cstdint>

namespace cresset::hub {

// What a client may send a second; zero: as much as it likes.
struct message_rates
{
    static constexpr std::uint32_t seconds_at_once = 10;

    std::uint32_t messages = 1'000;
    std::uint32_t bytes = 4 * 1024 * 1024;
};

// What one client may still send: a bucket for messages and one for bytes, which hold what may come
// in ten seconds, and are filled once a second. Twelve bytes, since every session has one.
class allowance
{
public:
    enum class verdict
    {
        granted,
        exceeded, // for the first time since both buckets were full; a second's worth is lent
        spent
    };

    allowance(const message_rates& rates, std::uint64_t now_ms) noexcept;

    verdict take(const message_rates& rates, std::uint64_t now_ms, std::uint32_t messages,
                 std::size_t bytes) noexcept;

private:
    void fill(const message_rates& rates, std::uint32_t now_s) noexcept;

    std::uint32_t messages_;
    std::uint32_t bytes_;
    std::uint32_t filled_s_ : 31; // of the loop
    std::uint32_t warned_ : 1;
};

} // namespace cresset::hub
