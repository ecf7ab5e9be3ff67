#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cresset::protocol {

// The data of an `encrypted` event, as text: what iv and ct hold is not looked at.
//
//   {"iv": base64, "ct": base64}             PROTOCOL.md, section 3
//   {"iv": base64, "ct": base64, "n": 7}     numbered: docs/encryption.md
struct encrypted_data
{
    std::string iv;
    std::string ct;
    std::optional<std::uint64_t> number;
};

// Nothing for what is no such object. Where a key comes twice, the last one counts.
std::optional<encrypted_data> read_encrypted_data(std::string_view raw_data);

} // namespace cresset::protocol
