#include "protocol/encrypted_event.hpp"

#include "protocol/json_scanner.hpp"
#include "protocol/json_string.hpp"

#include <charconv>

namespace cresset::protocol {
namespace {

std::optional<std::uint64_t> read_number(std::string_view raw)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), number);
    if (error != std::errc{} || end != raw.data() + raw.size())
        return std::nullopt;
    return number;
}

} // namespace

std::optional<encrypted_data> read_encrypted_data(std::string_view raw_data)
{
    std::string_view iv, ct, n, name, value;
    json_scanner scanner(raw_data);
    scanner.enter_object();
    while (scanner.next_member(name, value)) {
        if (is_json_string(name, "iv"))
            iv = value;
        else if (is_json_string(name, "ct"))
            ct = value;
        else if (is_json_string(name, "n"))
            n = value;
    }
    if (!scanner.finish() || !iv.starts_with('"') || !ct.starts_with('"'))
        return std::nullopt;
    encrypted_data data{unescape(iv), unescape(ct), {}};
    if (!n.empty() && !(data.number = read_number(n)))
        return std::nullopt;
    return data;
}

} // namespace cresset::protocol
