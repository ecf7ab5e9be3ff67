#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>

namespace cresset::ws {

// Room to write in, anew each time. What a large message took is given back with the next.
class scratch
{
public:
    std::span<char> room(std::size_t size)
    {
        if (size > size_ || size_ > bytes_kept) {
            size_ = std::max(size, bytes_kept);
            bytes_ = std::make_unique_for_overwrite<char[]>(size_);
        }
        return {bytes_.get(), size};
    }

private:
    static constexpr std::size_t bytes_kept = 16 * 1024;

    std::unique_ptr<char[]> bytes_;
    std::size_t size_ = 0;
};

} // namespace cresset::ws
