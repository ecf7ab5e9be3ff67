#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace cresset::load {

// What one receiver got of one flow, whose messages are numbered from 0: each number is new, late
// (a later one came before it) or doubled. Exact however many are missing, and two words while none
// is. One thread's.
class ledger
{
public:
    enum class verdict
    {
        in_order,
        late,
        doubled
    };

    verdict take(std::uint32_t number);

    // How many of the first `sent` have not come.
    std::uint64_t lost(std::uint32_t sent) const noexcept;

    void clear() noexcept;

private:
    // Numbers from `first` up to `end`, without it.
    struct range
    {
        std::uint32_t first;
        std::uint32_t end;
    };

    bool take_missing(std::uint32_t number);

    std::uint32_t next_ = 0;
    std::unique_ptr<std::vector<range>> missing_; // below next_, in order
};

} // namespace cresset::load
