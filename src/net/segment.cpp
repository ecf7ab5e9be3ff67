#include "net/segment.hpp"

#include <cassert>
#include <limits>
#include <new>

namespace cresset::net {

segment_ref segment::copy_of(std::string_view bytes)
{
    return written(bytes.size(), [&](char* out) { bytes.copy(out, bytes.size()); });
}

segment* segment::make(std::size_t size)
{
    assert(size < std::numeric_limits<std::uint32_t>::max());
    void* memory = ::operator new(sizeof(segment) + size + 1);
    return ::new (memory) segment(static_cast<std::uint32_t>(size));
}

void segment::destroy(segment* s) noexcept
{
    s->~segment();
    ::operator delete(s);
}

} // namespace cresset::net
