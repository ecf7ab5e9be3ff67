#pragma once

#include <array>
#include <cresset/client_id.hpp>
#include <cstddef>
#include <cstdint>

namespace cresset::base {

using cresset::client_id;

// The ids are random already, so their first bytes are their hash.
struct client_id_hash
{
    using is_avalanching = void;
    std::size_t operator()(const client_id& id) const noexcept;
};

// Draws random ids from the kernel, a page of bytes at a time. One thread's.
//
// The ids that generator `index` of `count` draws all have their last byte equal to `index`
// modulo `count`, so that anyone can tell the shard of a client from its id: see shard_of.
class client_id_generator
{
public:
    explicit client_id_generator(unsigned index = 0, unsigned count = 1);

    client_id next();

private:
    unsigned index_;
    unsigned count_;
    std::array<std::uint8_t, 4096> pool_{};
    std::size_t used_ = pool_.size();
};

// At most this many generators can be told apart by the last byte.
inline constexpr unsigned client_id_generators_max = 256;

inline unsigned shard_of(const client_id& id, unsigned count) noexcept
{
    return id.bytes[15] % count;
}

} // namespace cresset::base
