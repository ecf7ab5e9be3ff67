#include "protocol/json_scanner.hpp"

#include "protocol/json_token.hpp"

#include <array>
#include <cstdint>

namespace cresset::protocol {
namespace {

bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace

// Which brackets are open, one bit a level: the reason why a deep text needs no deep stack.
class json_scanner::nesting
{
public:
    bool empty() const { return depth_ == 0; }
    bool in_object() const { return (word() >> bit()) & 1; }

    bool push(bool object)
    {
        if (depth_ == levels_max)
            return false;
        ++depth_;
        word() = (word() & ~(std::uint64_t{1} << bit())) | std::uint64_t{object} << bit();
        return true;
    }

    void pop() { --depth_; }

private:
    // The object or array that was entered is the level that is missing here.
    static constexpr std::size_t levels_max = json_depth_max - 1;

    std::size_t bit() const { return (depth_ - 1) % 64; }
    std::uint64_t& word() { return bits_[(depth_ - 1) / 64]; }
    const std::uint64_t& word() const { return bits_[(depth_ - 1) / 64]; }

    std::size_t depth_ = 0;
    std::array<std::uint64_t, json_depth_max / 64> bits_; // only those of levels open are set
};

json_scanner::json_scanner(std::string_view text) noexcept
    : cursor_(text.data()), end_(text.data() + text.size())
{}

bool json_scanner::enter_object() noexcept
{
    return enter('{');
}

bool json_scanner::enter_array() noexcept
{
    return enter('[');
}

bool json_scanner::next_member(std::string_view& key, std::string_view& value) noexcept
{
    if (!advance('}'))
        return false;
    const char* begin = cursor_;
    if (!skip_string())
        return fail();
    key = slice_from(begin);
    if (!skip_colon())
        return fail();
    begin = cursor_;
    if (!skip_value())
        return fail();
    value = slice_from(begin);
    return true;
}

bool json_scanner::next_element(std::string_view& value) noexcept
{
    if (!advance(']'))
        return false;
    const char* begin = cursor_;
    if (!skip_value())
        return fail();
    value = slice_from(begin);
    return true;
}

bool json_scanner::finish() noexcept
{
    if (state_ != state::closed)
        return false;
    skip_space();
    return cursor_ == end_;
}

bool json_scanner::enter(char opening) noexcept
{
    if (state_ != state::before)
        return fail();
    skip_space();
    if (!take(opening))
        return fail();
    state_ = state::entered;
    return true;
}

// To the next member or element: past the comma, where one is due, or past the closing bracket.
bool json_scanner::advance(char closing) noexcept
{
    if (state_ != state::entered && state_ != state::between)
        return false;
    skip_space();
    if (take(closing)) {
        state_ = state::closed;
        return false;
    }
    if (state_ == state::between && !take(','))
        return fail();
    state_ = state::between;
    skip_space();
    return true;
}

bool json_scanner::fail() noexcept
{
    state_ = state::failed;
    return false;
}

bool json_scanner::skip_value() noexcept
{
    nesting open;
    do {
        if (!open_values(open) || !close_values(open))
            return false;
    } while (!open.empty());
    return true;
}

// Past a scalar and all brackets and keys in front of it, or up to the end of an empty container.
bool json_scanner::open_values(nesting& open) noexcept
{
    for (;;) {
        const char c = peek();
        if (c != '{' && c != '[')
            return skip_scalar();
        ++cursor_;
        if (!open.push(c == '{'))
            return false;
        skip_space();
        if (peek() == (c == '{' ? '}' : ']'))
            return true;
        if (c == '{' && !skip_key())
            return false;
    }
}

// Past the brackets that close here, then to where the next value must begin unless none is open.
bool json_scanner::close_values(nesting& open) noexcept
{
    while (!open.empty()) {
        skip_space();
        if (take(',')) {
            skip_space();
            return !open.in_object() || skip_key();
        }
        if (!take(open.in_object() ? '}' : ']'))
            return false;
        open.pop();
    }
    return true;
}

bool json_scanner::skip_scalar() noexcept
{
    return skip_to(skip_json_scalar(cursor_, end_));
}

bool json_scanner::skip_string() noexcept
{
    return skip_to(skip_json_string(cursor_, end_));
}

bool json_scanner::skip_to(const char* token_end) noexcept
{
    if (!token_end)
        return false;
    cursor_ = token_end;
    return true;
}

bool json_scanner::skip_key() noexcept
{
    return skip_string() && skip_colon();
}

bool json_scanner::skip_colon() noexcept
{
    skip_space();
    if (!take(':'))
        return false;
    skip_space();
    return true;
}

void json_scanner::skip_space() noexcept
{
    while (cursor_ != end_ && is_space(*cursor_))
        ++cursor_;
}

bool json_scanner::take(char c) noexcept
{
    if (cursor_ == end_ || *cursor_ != c)
        return false;
    ++cursor_;
    return true;
}

// NUL at the end: no JSON has it anywhere.
char json_scanner::peek() const noexcept
{
    return cursor_ != end_ ? *cursor_ : '\0';
}

std::string_view json_scanner::slice_from(const char* begin) const noexcept
{
    return {begin, static_cast<std::size_t>(cursor_ - begin)};
}

} // namespace cresset::protocol
