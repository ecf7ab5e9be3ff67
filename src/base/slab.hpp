#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace cresset::base {

// Objects of one type, addressed by small numbers and never moved. One thread's.
//
// A slot is used again after its object is gone, so who keeps a slot also keeps its generation, and
// find tells whether that object is still the one that lives there.
template <typename T>
class slab
{
public:
    struct handle
    {
        std::uint32_t slot;
        std::uint32_t generation;
        friend bool operator==(const handle&, const handle&) = default;
    };

    slab() = default;
    slab(const slab&) = delete;
    slab& operator=(const slab&) = delete;

    ~slab()
    {
        for_each([this](T& object, handle at) {
            static_cast<void>(object);
            destroy(at.slot);
        });
    }

    // Makes an object from (its handle, args...).
    template <typename... Args>
    T& create(Args&&... args)
    {
        if (free_ == none)
            grow();
        const std::uint32_t slot = free_;
        cell& c = at(slot);
        const std::uint32_t next = c.next_free;
        T* object = ::new (static_cast<void*>(c.storage))
            T(handle{slot, c.generation}, std::forward<Args>(args)...);
        free_ = next;
        c.next_free = in_use;
        ++size_;
        return *object;
    }

    void destroy(std::uint32_t slot)
    {
        cell& c = at(slot);
        assert(c.next_free == in_use);
        c.object().~T();
        ++c.generation;
        c.next_free = free_;
        free_ = slot;
        --size_;
    }

    T& operator[](std::uint32_t slot) noexcept
    {
        assert(at(slot).next_free == in_use);
        return at(slot).object();
    }
    const T& operator[](std::uint32_t slot) const noexcept
    {
        return const_cast<slab&>(*this)[slot];
    }

    // nullptr once that object is gone.
    T* find(handle at_handle) noexcept
    {
        if (at_handle.slot >= blocks_.size() * block_cells)
            return nullptr;
        cell& c = at(at_handle.slot);
        if (c.next_free != in_use || c.generation != at_handle.generation)
            return nullptr;
        return &c.object();
    }

    // Calls visit(object, handle) for each; visit may destroy that object, and may create others.
    template <typename Visitor>
    void for_each(Visitor visit)
    {
        for (std::uint32_t slot = 0; slot < blocks_.size() * block_cells; ++slot)
            if (cell& c = at(slot); c.next_free == in_use)
                visit(c.object(), handle{slot, c.generation});
    }

    std::size_t size() const noexcept { return size_; }

private:
    static constexpr std::uint32_t block_cells = 256;
    static constexpr std::uint32_t none = 0xffff'ffff;
    static constexpr std::uint32_t in_use = 0xffff'fffe;

    struct cell
    {
        alignas(T) std::byte storage[sizeof(T)];
        std::uint32_t generation = 0;
        std::uint32_t next_free = none;

        T& object() noexcept { return *std::launder(reinterpret_cast<T*>(storage)); }
    };

    cell& at(std::uint32_t slot) noexcept
    {
        return blocks_[slot / block_cells][slot % block_cells];
    }

    void grow()
    {
        const auto first = static_cast<std::uint32_t>(blocks_.size()) * block_cells;
        blocks_.push_back(std::make_unique<cell[]>(block_cells));
        for (std::uint32_t i = block_cells; i-- > 0;) {
            at(first + i).next_free = free_;
            free_ = first + i;
        }
    }

    std::vector<std::unique_ptr<cell[]>> blocks_;
    std::uint32_t free_ = none;
    std::size_t size_ = 0;
};

} // namespace cresset::base
