#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <span>

namespace cresset::ws {

// Bytes that grow at their end. Unlike a vector it grows by realloc, which moves large blocks
// without copying them, and by an eighth only once it is large: a message that trickles in costs
// little more than its size. Throws std::bad_alloc; then nothing has changed.
class byte_buffer
{
public:
    byte_buffer() = default;
    byte_buffer(byte_buffer&&) = delete;

    // Leaves at least `spare` bytes behind the content that may be read.
    void append(std::span<const char> bytes, std::size_t spare);

    // Makes it as long as that, and as much longer readable. What is new has no value yet.
    void resize(std::size_t size, std::size_t spare);

    void swap(byte_buffer& other) noexcept;

    std::span<char> content() noexcept { return {bytes_.get(), size_}; }
    std::size_t size() const noexcept { return size_; }
    std::size_t capacity() const noexcept { return capacity_; }

private:
    struct free_bytes
    {
        void operator()(char* bytes) const noexcept { std::free(bytes); }
    };

    void grow(std::size_t capacity_min);

    std::unique_ptr<char[], free_bytes> bytes_;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace cresset::ws
