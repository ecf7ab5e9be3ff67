#include "base/client_id.hpp"

#include "base/system_error.hpp"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <sys/random.h>

namespace cresset {
namespace {

// 8-4-4-4-12 digits
constexpr std::size_t text_size = 36;

constexpr bool is_dash(std::size_t position)
{
    return position == 8 || position == 13 || position == 18 || position == 23;
}

int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

} // namespace

std::string client_id::to_string() const
{
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(text_size, '-');
    std::size_t position = 0;
    for (const std::uint8_t byte : bytes) {
        if (is_dash(position))
            ++position;
        text[position++] = digits[byte >> 4];
        text[position++] = digits[byte & 15];
    }
    return text;
}

std::optional<client_id> client_id::parse(std::string_view text) noexcept
{
    if (text.size() != text_size)
        return std::nullopt;
    client_id id;
    std::size_t position = 0;
    for (std::uint8_t& byte : id.bytes) {
        if (is_dash(position) && text[position++] != '-')
            return std::nullopt;
        const int high = hex_value(text[position++]);
        const int low = hex_value(text[position++]);
        if (high < 0 || low < 0)
            return std::nullopt;
        byte = static_cast<std::uint8_t>(high << 4 | low);
    }
    return id;
}

} // namespace cresset

namespace cresset::base {
namespace {

template <std::size_t N>
void fill_random(std::array<std::uint8_t, N>& bytes)
{
    std::size_t have = 0;
    while (have < N) {
        const ssize_t n = getrandom(bytes.data() + have, N - have, 0);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            throw_errno("getrandom");
        }
        have += static_cast<std::size_t>(n);
    }
}

} // namespace

std::size_t client_id_hash::operator()(const client_id& id) const noexcept
{
    std::size_t hash;
    std::memcpy(&hash, id.bytes.data(), sizeof hash);
    return hash;
}

client_id_generator::client_id_generator(unsigned index, unsigned count)
    : index_(index), count_(count)
{
    assert(index < count && count <= client_id_generators_max);
}

client_id client_id_generator::next()
{
    for (;;) {
        if (used_ == pool_.size()) {
            fill_random(pool_);
            used_ = 0;
        }
        client_id id;
        std::memcpy(id.bytes.data(), pool_.data() + used_, id.bytes.size());
        used_ += id.bytes.size();
        id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0f) | 0x40); // version 4
        id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3f) | 0x80); // variant 1

        // Every value of the last byte that means this generator is equally likely.
        const unsigned last = id.bytes[15] - id.bytes[15] % count_ + index_;
        if (last > 255)
            continue;
        id.bytes[15] = static_cast<std::uint8_t>(last);
        return id;
    }
}

} // namespace cresset::base
