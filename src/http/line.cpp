#include "http/line.hpp"

namespace cresset::http {
namespace {

// CTL but for the tab, which values may contain.
bool is_control(char c) noexcept
{
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == '\x7f';
}

// A bare LF as a line end may be taken (RFC 9112, section 2.2), and a bare CR must not be: peers
// that differ there see different messages in the same bytes. So neither.
bool may_follow(char before, char c) noexcept
{
    if (before == '\r' || c == '\n')
        return before == '\r' && c == '\n';
    return c == '\r' || !is_control(c);
}

} // namespace

line_status take_line(std::string_view& input, std::string& to, std::size_t size_max)
{
    auto result = line_status::need_more;
    char before = to.empty() ? '\0' : to.back();
    std::size_t taken = 0;
    while (taken < input.size() && result == line_status::need_more) {
        const char c = input[taken++];
        if (!may_follow(before, c))
            result = line_status::bad_byte;
        else if (c == '\n')
            result = line_status::whole;
        else if (to.size() + taken >= size_max)
            result = line_status::too_long;
        before = c;
    }
    to.append(input.substr(0, taken));
    input.remove_prefix(taken);
    return result;
}

} // namespace cresset::http
