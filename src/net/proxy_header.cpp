#include "net/proxy_header.hpp"

#include <charconv>

namespace cresset::net {
namespace {

using namespace std::string_view_literals;
constexpr auto npos = std::string_view::npos;

constexpr std::string_view v1_signature = "PROXY "sv;
constexpr std::string_view v2_signature = "\r\n\r\n\0\r\nQUIT\n"sv;
constexpr std::size_t v2_fixed_bytes = 16;

constexpr std::uint8_t local = 0x20;
constexpr std::uint8_t proxied = 0x21;

constexpr std::uint8_t unspecified = 0x00;
constexpr std::uint8_t tcp_over_v4 = 0x11;
constexpr std::uint8_t tcp_over_v6 = 0x21;
constexpr std::uint8_t unix_stream = 0x31;

// What addresses and ports take; nothing for what is not the way of a connection like ours.
std::optional<std::size_t> address_bytes(std::uint8_t family) noexcept
{
    switch (family) {
    case unspecified:
        return 0;
    case tcp_over_v4:
        return 12;
    case tcp_over_v6:
        return 36;
    case unix_stream:
        return 216;
    default:
        return std::nullopt;
    }
}

// The text before the next space, which is taken too; there is one, or `last` says that the text
// ends there.
std::optional<std::string_view> next_word(std::string_view& line, bool last = false) noexcept
{
    const std::size_t space = line.find(' ');
    if ((space == npos) != last)
        return std::nullopt;
    const std::string_view word = line.substr(0, space);
    line.remove_prefix(last ? line.size() : space + 1);
    return word;
}

std::optional<base::ip_address> parse_address(std::string_view text, bool v6) noexcept
{
    const bool has_colon = text.find(':') != npos;
    return has_colon == v6 ? base::ip_address::parse(text) : std::nullopt;
}

bool is_port(std::string_view text) noexcept
{
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc{} && end == text.data() + text.size() &&
           (text.size() == 1 || text.front() != '0');
}

} // namespace

proxy_header_reader::status proxy_header_reader::feed(std::string_view& input) noexcept
{
    while (status_ == status::need_more && !input.empty()) {
        status_ = take(input.front());
        input.remove_prefix(1);
    }
    return status_;
}

proxy_header_reader::status proxy_header_reader::take(char byte) noexcept
{
    if (received_ < head_.size())
        head_[received_] = byte;
    ++received_;
    return head_[0] == v2_signature[0] ? take_v2() : take_v1();
}

proxy_header_reader::status proxy_header_reader::take_v1() noexcept
{
    const std::string_view line(head_.data(), received_);
    if (!line.starts_with(v1_signature.substr(0, received_)))
        return status::failed;
    if (line.ends_with('\n'))
        return line.ends_with("\r\n") ? read_v1(line.substr(0, line.size() - 2)) : status::failed;
    return received_ == v1_bytes_max ? status::failed : status::need_more;
}

proxy_header_reader::status proxy_header_reader::read_v1(std::string_view line) noexcept
{
    line.remove_prefix(v1_signature.size());
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN ")) // and then whatever it likes
        return status::complete;
    const auto protocol = next_word(line);
    if (protocol != "TCP4" && protocol != "TCP6")
        return status::failed;
    const bool v6 = protocol == "TCP6";
    const auto source = next_word(line);
    const auto destination = next_word(line);
    const auto source_port = next_word(line);
    const auto destination_port = next_word(line, true);
    if (!source || !destination || !source_port || !destination_port)
        return status::failed;
    source_ = parse_address(*source, v6);
    return source_ && parse_address(*destination, v6) && is_port(*source_port) &&
                   is_port(*destination_port)
               ? status::complete
               : status::failed;
}

proxy_header_reader::status proxy_header_reader::take_v2() noexcept
{
    if (received_ <= v2_signature.size())
        return head_[received_ - 1] == v2_signature[received_ - 1] ? status::need_more
                                                                   : status::failed;
    if (received_ < v2_fixed_bytes)
        return status::need_more;
    if (received_ == v2_fixed_bytes && !begins_well_v2())
        return status::failed;
    return received_ == v2_fixed_bytes + length_v2() ? read_v2() : status::need_more;
}

bool proxy_header_reader::begins_well_v2() const noexcept
{
    if (octet(12) == local)
        return true;
    const auto needed = address_bytes(octet(13));
    return octet(12) == proxied && needed && length_v2() >= *needed;
}

proxy_header_reader::status proxy_header_reader::read_v2() noexcept
{
    const char* const source = head_.data() + v2_fixed_bytes;
    if (octet(12) == proxied && octet(13) == tcp_over_v4)
        source_ = base::ip_address::v4(source);
    else if (octet(12) == proxied && octet(13) == tcp_over_v6)
        source_ = base::ip_address::v6(source);
    return status::complete;
}

} // namespace cresset::net
