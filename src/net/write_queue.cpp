#include "net/write_queue.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace cresset::net {

chunk& chunk_pool::take()
{
    constexpr std::size_t block_chunks = 512;
    if (!free_) {
        blocks_.push_back(std::make_unique<chunk[]>(block_chunks));
        for (std::size_t i = 0; i < block_chunks; ++i)
            give_back(blocks_.back()[i]);
    }
    chunk& taken = *free_;
    free_ = taken.next;
    taken.next = nullptr;
    return taken;
}

void chunk_pool::give_back(chunk& c) noexcept
{
    c.bytes.reset();
    c.offset = 0;
    c.next = free_;
    free_ = &c;
}

void write_queue::push(segment_ref bytes, chunk_pool& pool)
{
    if (bytes->bytes().empty())
        return;
    bytes_ += bytes->bytes().size();
    chunk& added = pool.take();
    added.bytes = std::move(bytes);
    added.next = last_ ? std::exchange(last_->next, &added) : &added;
    last_ = &added;
}

template <typename Visitor>
void write_queue::for_each(Visitor visit) const noexcept
{
    if (!last_)
        return;
    const chunk* c = last_;
    do
        c = c->next;
    while (visit(*c) && c != last_);
}

std::size_t write_queue::gather(std::span<iovec> vectors) const noexcept
{
    std::size_t used = 0;
    for_each([&](const chunk& c) {
        if (used == vectors.size())
            return false;
        const std::string_view rest = c.bytes->bytes().substr(c.offset);
        vectors[used++] = {const_cast<char*>(rest.data()), rest.size()}; // sendmsg only reads it
        return true;
    });
    return used;
}

std::size_t write_queue::copy(std::span<char> to) const noexcept
{
    std::size_t used = 0;
    for_each([&](const chunk& c) {
        const std::string_view rest = c.bytes->bytes().substr(c.offset, to.size() - used);
        std::memcpy(to.data() + used, rest.data(), rest.size());
        used += rest.size();
        return used < to.size();
    });
    return used;
}

void write_queue::consume(std::size_t sent, chunk_pool& pool) noexcept
{
    assert(sent <= bytes_);
    bytes_ -= sent;
    while (sent > 0) {
        chunk& front = *last_->next;
        const std::size_t rest = front.bytes->bytes().size() - front.offset;
        if (sent < rest) {
            front.offset += static_cast<std::uint32_t>(sent);
            return;
        }
        sent -= rest;
        if (&front == last_)
            last_ = nullptr;
        else
            last_->next = front.next;
        pool.give_back(front);
    }
}

} // namespace cresset::net
