#include "ws/byte_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace cresset::ws {
namespace {

constexpr std::size_t doubled_below = 64 * 1024;

} // namespace

void byte_buffer::grow(std::size_t capacity_min)
{
    const std::size_t grown = capacity_ < doubled_below ? capacity_ * 2 : capacity_ + capacity_ / 8;
    const std::size_t capacity = std::max(capacity_min, grown);
    void* const bytes = std::realloc(bytes_.get(), capacity);
    if (bytes == nullptr)
        throw std::bad_alloc();
    static_cast<void>(bytes_.release()); // realloc has taken it
    bytes_.reset(static_cast<char*>(bytes));
    capacity_ = capacity;
}

void byte_buffer::append(std::span<const char> bytes, std::size_t spare)
{
    const std::size_t needed = size_ + bytes.size() + spare;
    if (needed > capacity_)
        grow(needed);
    if (!bytes.empty())
        std::memcpy(bytes_.get() + size_, bytes.data(), bytes.size());
    size_ += bytes.size();
}

} // namespace cresset::ws
