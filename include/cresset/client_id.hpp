#pragma once

#include <array>
#include <cresset/export.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace cresset {

// The id of a client: a random UUID v4 (RFC 4122, section 4.4), made by the server when the client
// connects.
struct client_id
{
    std::array<std::uint8_t, 16> bytes{};

    friend bool operator==(const client_id&, const client_id&) = default;

    // 36 characters: 8-4-4-4-12 lower-case hexadecimal digits.
    CRESSET_EXPORT std::string to_string() const;

    // Reads what to_string writes, in either case of letters; nothing for any other text.
    CRESSET_EXPORT static std::optional<client_id> parse(std::string_view text) noexcept;
};

} // namespace cresset
