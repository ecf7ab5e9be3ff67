#pragma once

#include <array>
#include <cstddef>

namespace cresset::base {

// A hash table of Boost's in parts that grow one by one. As one piece it would move all that it
// holds whenever it grows, and hold up its thread: 54,000 names took 14 ms, 860,000 took 400 ms.
// Hashes have to be good in all bits.
template <typename Table, std::size_t Parts = 64>
class split_table
{
public:
    using key_type = typename Table::key_type;

    // Where a key is, or belongs.
    Table& part_of(const key_type& key) noexcept { return parts_[index_of(key)]; }
    const Table& part_of(const key_type& key) const noexcept { return parts_[index_of(key)]; }

    std::size_t size() const noexcept
    {
        std::size_t sum = 0;
        for (const Table& part : parts_)
            sum += part.size();
        return sum;
    }

    template <typename Function>
    void for_each(Function f) const
    {
        for (const Table& part : parts_)
            for (const auto& element : part)
                f(element);
    }

private:
    // Of the middle of the hash: the tables place by the high bits, and tell apart by the low ones.
    static std::size_t index_of(const key_type& key) noexcept
    {
        return (typename Table::hasher{}(key) >> 16) % Parts;
    }

    std::array<Table, Parts> parts_;
};

} // namespace cresset::base
