#include "net/segment.hpp"

#include <cassert>
#include <limits>
#include <new>

namespace cresset::net {

segment_ref segment::copy_of(std::string_view bytes)
{
    assert(bytes.size() <= std::numeric_limits<std::uint32_t>::max());
    void* memory = ::operator new(sizeof(segment) + bytes.size());
    auto* made = ::new (memory) segment(static_cast<std::uint32_t>(bytes.size()));
    bytes.copy(reinterpret_cast<char*>(made + 1), bytes.size());
    return segment_ref(made);
}

void segment::destroy(segment* s) noexcept
{
    s->~segment();
    ::operator delete(s);
}

} // namespace cresset::net
