#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cresset::net {

class segment;
using segment_ref = boost::intrusive_ptr<segment>;

// Bytes on their way out, written once and then shared by all the connections of one loop that send
// them. Counted without atomics, because only that loop's thread touches it.
class segment
{
public:
    static segment_ref copy_of(std::string_view bytes);

    // Of so many bytes, which write(char*) writes: it may write one more, which is nobody's.
    template <typename Write>
    static segment_ref written(std::size_t size, Write write)
    {
        segment* const made = make(size);
        segment_ref ref(made);
        write(reinterpret_cast<char*>(made + 1));
        return ref;
    }

    std::string_view bytes() const noexcept
    {
        return {reinterpret_cast<const char*>(this + 1), size_};
    }

    friend void intrusive_ptr_add_ref(segment* s) noexcept { ++s->references_; }
    friend void intrusive_ptr_release(segment* s) noexcept
    {
        if (--s->references_ == 0)
            destroy(s);
    }

private:
    explicit segment(std::uint32_t size) noexcept : size_(size) {}

    static segment* make(std::size_t size);
    static void destroy(segment* s) noexcept;

    std::uint32_t references_ = 0;
    std::uint32_t size_; // of the bytes, which follow the object
};

} // namespace cresset::net
