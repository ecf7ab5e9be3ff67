#include "ws/byte_buffer.hpp"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

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

void byte_buffer::resize(std::size_t size, std::size_t spare)
{
    if (size + spare > capacity_)
        grow(size + spare);
    size_ = size;
}

void byte_buffer::swap(byte_buffer& other) noexcept
{
    bytes_.swap(other.bytes_);
    std::swap(size_, other.size_);
    std::swap(capacity_, other.capacity_);
}

} // namespace cresset::ws
