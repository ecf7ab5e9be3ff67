#pragma once

#include "net/segment.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <sys/uio.h>
#include <vector>

namespace cresset::net {

// A place in a write queue: a segment, and how much of it is still to be sent.
struct chunk
{
    chunk* next = nullptr;
    segment_ref bytes;
    std::uint32_t offset = 0;
};

// Where the queues of one loop get their chunks from, so that queueing allocates nothing once the
// loop has seen its peak. Outlives the queues.
class chunk_pool
{
public:
    chunk& take();
    void give_back(chunk& c) noexcept;

private:
    std::vector<std::unique_ptr<chunk[]>> blocks_;
    chunk* free_ = nullptr;
};

// What one connection has still to send, in order, as references to shared segments.
// Unbounded by itself: who pushes looks at bytes() first.
class write_queue
{
public:
    write_queue() noexcept = default;
    write_queue(const write_queue&) = delete;
    write_queue& operator=(const write_queue&) = delete;

    bool empty() const noexcept { return !last_; }
    std::size_t bytes() const noexcept { return bytes_; }

    void push(segment_ref bytes, chunk_pool& pool);

    // Points the vectors at the front of the queue; returns how many it used.
    std::size_t gather(std::span<iovec> vectors) const noexcept;

    // Copies as much of the front of the queue as there is room for; returns how many bytes.
    std::size_t copy(std::span<char> to) const noexcept;

    // Drops `sent` bytes from the front.
    void consume(std::size_t sent, chunk_pool& pool) noexcept;

    void clear(chunk_pool& pool) noexcept { consume(bytes_, pool); }

private:
    // Calls visit(chunk) from the front on, until it returns false.
    template <typename Visitor>
    void for_each(Visitor visit) const noexcept;

    chunk* last_ = nullptr; // a circle: behind the last comes the first
    std::size_t bytes_ = 0;
};

} // namespace cresset::net
