#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::base {

// The id of a client: a UUID v4 (RFC 4122, section 4.4) kept as its 16 bytes.
struct client_id
{
    static constexpr std::size_t text_size = 36;

    std::array<std::uint8_t, 16> bytes{};

    friend bool operator==(const client_id&, const client_id&) = default;

    // 8-4-4-4-12 lower-case hexadecimal digits.
    std::string to_string() const;
};

// Reads the form that to_string writes, in either case of letters; any version of UUID.
std::optional<client_id> parse_client_id(std::string_view text) noexcept;

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
